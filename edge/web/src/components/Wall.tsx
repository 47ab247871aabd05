import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { app } from '../model/app';
import type { Live } from '../model/live';
import { columnsOf, isOutOfSight, keyOf, moved, neighbour, without } from '../model/panes';
import { WallIcon } from './Icon';
import { isAway, isNarrow } from './sight';
import { WallPane } from './WallPane';
import { WallTools } from './WallTools';

/** Several terminals beside each other; on a narrow screen one at a time, the others a swipe away. */
export function Wall({ live }: { live: Live }) {
    const wall = app.wall.value;
    const front = useSignal(0);
    const grid = useRef<HTMLDivElement>(null);
    const at = Math.min(front.value, Math.max(0, wall.panes.length - 1));
    const sight = { isNarrow: isNarrow.value, front: at, isAway: isAway.value };
    useWallKeys(grid, front);
    useSwipe(grid, front);

    const columns = columnsOf(wall);
    const rows = Math.ceil(wall.panes.length / columns);
    return (
        <section class="wall" aria-label="Wall of terminals" data-testid="wall">
            <WallTools live={live} />
            {wall.panes.length === 0 ? (
                <Empty />
            ) : (
                <>
                    {isNarrow.value && <Tabs at={at} show={(to) => showPane(grid.current!, front, to)} />}
                    <div
                        class={wall.max === undefined ? 'wall-grid' : 'wall-grid maximised'}
                        ref={grid}
                        style={{ '--columns': columns, '--rows': rows }}
                    >
                        {wall.panes.map((pane, index) => (
                            <WallPane
                                key={keyOf(pane)}
                                live={live}
                                pane={pane}
                                index={index}
                                isMax={wall.max === index}
                                isHidden={isOutOfSight(wall, index, sight)}
                                isFront={at === index}
                                focused={() => (front.value = index)}
                            />
                        ))}
                    </div>
                </>
            )}
        </section>
    );
}

function Empty() {
    return (
        <div class="empty" data-testid="wall-empty">
            <WallIcon />
            <h2>Nothing is pinned</h2>
            <p>
                Pin up to nine agents, or tasks of theirs, to see their terminals beside each other: by the pin in an
                agent’s details, by <kbd>v</kbd> in the list, or by name above.
            </p>
        </div>
    );
}

function Tabs({ at, show }: { at: number; show: (to: number) => void }) {
    return (
        <div class="wall-tabs" role="group" aria-label="Pinned terminals">
            {app.wall.value.panes.map((pane, index) => (
                <button
                    key={keyOf(pane)}
                    type="button"
                    aria-pressed={index === at}
                    data-testid="wall-tab"
                    onClick={() => show(index)}
                >
                    {pane.agent}
                </button>
            ))}
        </div>
    );
}

function showPane(grid: HTMLElement, front: { value: number }, to: number): void {
    const pane = grid.children[to];
    if (!(pane instanceof HTMLElement)) return;
    front.value = to;
    const { max } = app.wall.peek();
    if (max !== undefined && max !== to) app.place.arrange({ ...app.wall.peek(), max: to });
    if (isNarrow.peek()) grid.scrollTo({ left: pane.offsetLeft - grid.offsetLeft });
    requestAnimationFrame(() =>
        (pane.querySelector<HTMLElement>('.xterm-helper-textarea') ?? pane).focus({ preventScroll: isNarrow.peek() }),
    );
}

// Which one is in front is where the reader has swiped to.
function useSwipe(grid: { current: HTMLElement | null }, front: { value: number }): void {
    const count = app.wall.value.panes.length;
    useEffect(() => {
        const element = grid.current;
        if (!element) return;
        const swiped = () => {
            if (isNarrow.peek()) front.value = Math.round(element.scrollLeft / Math.max(1, element.clientWidth));
        };
        element.addEventListener('scrollend', swiped);
        return () => element.removeEventListener('scrollend', swiped);
    }, [count === 0]);
}

function useWallKeys(grid: { current: HTMLElement | null }, front: { value: number }): void {
    useEffect(() => {
        const onKey = (event: KeyboardEvent) => {
            const target = event.target as HTMLElement;
            // The terminal's own field is a textarea: nothing is typed there.
            if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, select, dialog')) return;
            if (grid.current && act(event, grid.current, front)) event.preventDefault();
        };
        document.addEventListener('keydown', onKey);
        return () => document.removeEventListener('keydown', onKey);
    }, []);
}

function act(event: KeyboardEvent, grid: HTMLElement, front: { value: number }): boolean {
    const wall = app.wall.peek();
    const at = front.value;
    const { key } = event;
    if (/^[1-9]$/.test(key) && Number(key) <= wall.panes.length) showPane(grid, front, Number(key) - 1);
    else if (event.shiftKey && key.startsWith('Arrow')) showPane(grid, front, neighbour(wall, at, key));
    else if (key === 'm') app.place.arrange({ ...wall, max: wall.max === undefined ? at : undefined });
    else if (key === 'x') app.place.arrange(without(wall, at));
    else if (key === '<' || key === '>') {
        const to = at + (key === '<' ? -1 : 1);
        app.place.arrange(moved(wall, at, to));
        if (to >= 0 && to < wall.panes.length) front.value = to;
    } else return false;
    return true;
}
