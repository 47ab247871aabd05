import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { app } from '../model/app';
import { clock } from '../model/clock';
import { isVolatile, list } from '../model/listing';
import type { Live } from '../model/live';
import { AgentRow } from './AgentRow';
import { ListColumns, ListTools } from './ListTools';
import { ListEmpty } from './ListEmpty';
import { VirtualList } from './VirtualList';

/** From this width on the list is a table of one line per agent; below, each agent has three lines. */
const TABLE_WIDTH = 940;
const TABLE_ROW = 44;
const CARD_ROW = 84;

export function AgentList({ live }: { live: Live }) {
    const pane = useRef<HTMLElement>(null);
    const wide = useSignal(true);
    const shown = useComputed(() => {
        void live.agents.shape.value;
        if (isVolatile(app.query.value)) void clock.value;
        return list(live.agents.all(), app.query.value);
    });
    const selected = app.route.value.agent;
    const focused = useSignal<string | undefined>(undefined);

    useLayoutEffect(() => {
        const resized = new ResizeObserver(([entry]) => (wide.value = entry!.contentRect.width >= TABLE_WIDTH));
        resized.observe(pane.current!);
        return () => resized.disconnect();
    }, []);

    const agents = shown.value;
    const cursor = focused.value ?? selected;
    const stop = useMemo(
        () =>
            Math.max(
                0,
                agents.findIndex((agent) => agent.name === cursor),
            ),
        [agents, cursor],
    );
    useListKeys(pane, (step) => {
        const at = agents.findIndex((agent) => agent.name === cursor);
        const next =
            agents[at < 0 ? (step > 0 ? 0 : agents.length - 1) : Math.min(agents.length - 1, Math.max(0, at + step))];
        if (!next) return;
        focused.value = next.name;
        // The row may not be in the document before the list has been scrolled to it.
        requestAnimationFrame(() =>
            pane.current
                ?.querySelector<HTMLElement>(`[data-row="${CSS.escape(next.name)}"]`)
                ?.focus({ preventScroll: true }),
        );
    });

    return (
        <section
            class={wide.value ? 'list table' : 'list cards'}
            ref={pane}
            aria-label="Agents"
            onFocusIn={(event) => {
                const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
                if (row) focused.value = row.dataset.row;
            }}
        >
            {selected === undefined && <h1 class="visually-hidden">Agents</h1>}
            <ListTools live={live} shown={agents.length} />
            {wide.value && agents.length > 0 && <ListColumns />}
            {agents.length === 0 ? (
                <ListEmpty live={live} />
            ) : (
                <VirtualList
                    items={agents}
                    keyOf={(agent) => agent.name}
                    rowHeight={wide.value ? TABLE_ROW : CARD_ROW}
                    label="Agents"
                    reveal={cursor === undefined ? undefined : stop}
                    render={(agent, index) => (
                        <AgentRow
                            agent={agent}
                            live={live}
                            selected={agent.name === selected}
                            tabStop={index === stop}
                        />
                    )}
                />
            )}
        </section>
    );
}

// j and k work everywhere but in fields; arrows only where nothing else is scrolled by them.
function useListKeys(pane: { current: HTMLElement | null }, move: (step: number) => void): void {
    const latest = useRef(move);
    latest.current = move;
    useLayoutEffect(() => {
        const onKey = (event: KeyboardEvent) => {
            const target = event.target as HTMLElement;
            if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, dialog'))
                return;
            const inList = target === document.body || pane.current?.contains(target) === true;
            const step = stepOf(event.key, inList);
            if (step === 0) return;
            event.preventDefault();
            latest.current(step);
        };
        document.addEventListener('keydown', onKey);
        return () => document.removeEventListener('keydown', onKey);
    }, []);
}

function stepOf(key: string, inList: boolean): number {
    switch (key) {
        case 'j':
            return 1;
        case 'k':
            return -1;
        case 'ArrowDown':
            return inList ? 1 : 0;
        case 'ArrowUp':
            return inList ? -1 : 0;
        case 'Home':
            return inList ? -Infinity : 0;
        case 'End':
            return inList ? Infinity : 0;
        default:
            return 0;
    }
}
