import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { app } from '../model/app';
import { clock } from '../model/clock';
import { rowsOf, type ListRow } from '../model/grouping';
import { isVolatile, list } from '../model/listing';
import type { Live } from '../model/live';
import { toggled } from '../model/panes';
import { AgentRow } from './AgentRow';
import { GroupRow } from './GroupRow';
import { ListColumns, ListTools } from './ListTools';
import { ListEmpty } from './ListEmpty';
import { VirtualList } from './VirtualList';

/** From this width on the list is a table of one line per agent; below, each agent has three lines. */
const TABLE_WIDTH = 940;
const TABLE_ROW = 44;
const CARD_ROW = 84;
const GROUP_ROW = 32;

export function AgentList({ live }: { live: Live }) {
    const pane = useRef<HTMLElement>(null);
    const wide = useSignal(true);
    const shown = useComputed(() => {
        void live.agents.shape.value;
        if (isVolatile(app.query.value)) void clock.value;
        return list(live.agents.all(), app.query.value);
    });
    const lines = useComputed(() => rowsOf(shown.value, app.query.value.group, app.folded.value));
    const selected = app.route.value.agent;
    const focused = useSignal<string | undefined>(undefined);

    useLayoutEffect(() => {
        const resized = new ResizeObserver(([entry]) => (wide.value = entry!.contentRect.width >= TABLE_WIDTH));
        resized.observe(pane.current!);
        return () => resized.disconnect();
    }, []);

    const rows = lines.value;
    const cursor = focused.value ?? selected;
    const stop = useMemo(() => {
        const at = rows.findIndex((row) => nameOf(row) === cursor);
        return at >= 0 ? at : rows.findIndex((row) => row.kind === 'agent');
    }, [rows, cursor]);
    useListKeys(pane, {
        move: (step) => {
            const agents = rows.flatMap((row) => nameOf(row) ?? []);
            const at = agents.findIndex((name) => name === cursor);
            const next =
                agents[
                    at < 0 ? (step > 0 ? 0 : agents.length - 1) : Math.min(agents.length - 1, Math.max(0, at + step))
                ];
            if (next === undefined) return;
            focused.value = next;
            // The row may not be in the document before the list has been scrolled to it.
            requestAnimationFrame(() =>
                pane.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(next)}"]`)?.focus({
                    preventScroll: true,
                }),
            );
        },
        pin: () => {
            if (cursor !== undefined) app.place.arrange(toggled(app.wall.peek(), { agent: cursor }));
        },
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
            <ListTools live={live} shown={shown.value.length} />
            {wide.value && rows.length > 0 && <ListColumns />}
            {rows.length === 0 ? (
                <ListEmpty live={live} />
            ) : (
                <VirtualList
                    items={rows}
                    keyOf={(row) => (row.kind === 'group' ? `group ${row.group.key}` : row.agent.name)}
                    heightOf={(row) => (row.kind === 'group' ? GROUP_ROW : wide.value ? TABLE_ROW : CARD_ROW)}
                    heights={wide.value}
                    label="Agents"
                    reveal={cursor === undefined ? undefined : stop}
                    render={(row, index) =>
                        row.kind === 'group' ? (
                            <GroupRow group={row.group} by={app.query.value.group} />
                        ) : (
                            <AgentRow
                                agent={row.agent}
                                live={live}
                                selected={row.agent.name === selected}
                                tabStop={index === stop}
                            />
                        )
                    }
                />
            )}
        </section>
    );
}

function nameOf(row: ListRow): string | undefined {
    return row.kind === 'agent' ? row.agent.name : undefined;
}

interface ListActions {
    move(step: number): void;
    pin(): void;
}

// j, k and v work everywhere but in fields; arrows only where nothing else is scrolled by them.
function useListKeys(pane: { current: HTMLElement | null }, actions: ListActions): void {
    const latest = useRef(actions);
    latest.current = actions;
    useLayoutEffect(() => {
        const onKey = (event: KeyboardEvent) => {
            const target = event.target as HTMLElement;
            if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, dialog'))
                return;
            const inList = target === document.body || pane.current?.contains(target) === true;
            const step = stepOf(event.key, inList);
            if (step !== 0) latest.current.move(step);
            else if (event.key === 'v') latest.current.pin();
            else return;
            event.preventDefault();
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
