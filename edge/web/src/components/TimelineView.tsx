import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { app } from '../model/app';
import { timesOf, type Times } from '../model/durations';
import { dayName } from '../model/format';
import type { Live } from '../model/live';
import type { OpenAgent } from '../model/openAgent';
import { lineOf, type TimelineItem } from '../model/timeline';
import { UpIcon } from './Icon';
import { HoleMark, OutageMark, UnreadMark } from './TimelineMarks';
import { EventRow, ProgressRow } from './TimelineRow';
import { TimelineTools } from './TimelineTools';

const SHOWN = 200;
const SCROLLED = 120;
/** So much of what is older stands below a line that a link led to. */
const BELOW = 40;

/** The events of an agent, the newest on top. */
export function TimelineView({ open, live }: { open: OpenAgent; live: Live }) {
    const [shown, setShown] = useState(SHOWN);
    const [scrolled, setScrolled] = useState(false);
    const scroller = useRef<HTMLDivElement>(null);
    const end = useRef<HTMLDivElement>(null);
    void open.version.value;
    const { show } = app.route.value;
    const items = open.timeline.items({ missed: open.missed.value, show, outages: live.outages.all.value });
    const hasMore = items.length > shown || open.hasOlder.value;
    const target = useTarget(open, items, scroller, shown, setShown);

    const older = () => {
        // What is here already may be a line or two: load as soon as it does not fill what is shown next.
        if (items.length < shown + SHOWN && open.hasOlder.value) void open.loadOlder();
        setShown(shown + SHOWN);
    };
    const latest = useRef(older);
    latest.current = older;
    useEffect(() => {
        // Scrolling to the end loads what is older; the button is for those who don't scroll.
        const seen = new IntersectionObserver(([entry]) => entry!.isIntersecting && latest.current(), {
            root: scroller.current,
        });
        if (end.current) seen.observe(end.current);
        return () => seen.disconnect();
    }, [hasMore]);

    const hold = useSteadyReading(scroller);
    useEffect(() => () => void (open.isReading = false), [open]);

    return (
        <div class="timeline-box">
            <TimelineTools open={open} />
            <div
                class="timeline"
                ref={scroller}
                data-testid="timeline"
                role="region"
                aria-label={`Events of ${open.name}`}
                tabIndex={0}
                onScroll={(event) => {
                    open.isReading = event.currentTarget.scrollTop > SCROLLED;
                    setScrolled(open.isReading);
                    hold();
                }}
            >
                <ol class="events">{rows(items.slice(0, shown), open, target)}</ol>
                {open.problem.value !== undefined && (
                    <p class="timeline-note" role="alert">
                        Older events could not be loaded: {open.problem.value}{' '}
                        <button type="button" class="button small" onClick={() => void open.load()}>
                            Try again
                        </button>
                    </p>
                )}
                {items.length === 0 && open.problem.value === undefined && (
                    <p class="timeline-note" data-testid="timeline-empty">
                        {emptyWords(open, show !== undefined)}
                    </p>
                )}
                {hasMore && (items.length > 0 || show !== undefined) && (
                    <div class="older" ref={end}>
                        <button
                            type="button"
                            class="button small"
                            disabled={open.loading.value}
                            onClick={older}
                            data-testid="load-older"
                        >
                            {open.loading.value ? 'Loading…' : 'Load older'}
                        </button>
                    </div>
                )}
            </div>
            {scrolled && (
                <button
                    type="button"
                    class="jump top"
                    onClick={() => scroller.current?.scrollTo({ top: 0, behavior: 'smooth' })}
                >
                    <UpIcon /> Latest
                </button>
            )}
        </div>
    );
}

function emptyWords(open: OpenAgent, isFiltered: boolean): string {
    if (open.loading.value) return 'Loading…';
    if (!isFiltered || open.timeline.size === 0) return 'No events are kept of this agent.';
    return `None of the ${open.timeline.size.toLocaleString('en')} events that were read is of this kind.`;
}

// The line that a link led to: it is brought into the document, into view once, and marked.
function useTarget(
    open: OpenAgent,
    items: readonly TimelineItem[],
    scroller: { current: HTMLDivElement | null },
    shown: number,
    setShown: (shown: number) => void,
): string | undefined {
    const sought = open.sought.value;
    const id = sought?.state === 'found' ? sought.id : undefined;
    const line = id === undefined ? -1 : lineOf(items, id);
    const brought = useRef<unknown>(undefined);
    useLayoutEffect(() => {
        if (line < 0) return;
        // It stays in the document, also if more comes above it.
        if (line >= shown) return setShown(line + BELOW);
        if (brought.current === sought) return;
        brought.current = sought;
        scroller.current?.querySelector('.event.target')?.scrollIntoView({ block: 'center' });
    });
    return line < 0 ? undefined : items[line]!.key;
}

// News come on top. Who reads further down keeps the line that they read where it is; not all browsers do it by
// themselves.
function useSteadyReading(scroller: { current: HTMLDivElement | null }): () => void {
    const anchor = useRef<{ row: HTMLElement; top: number } | undefined>(undefined);
    const hold = () => {
        const element = scroller.current!;
        const { left, top } = element.getBoundingClientRect();
        const row =
            element.scrollTop > 0
                ? document.elementFromPoint(left + 40, top + 8)?.closest<HTMLElement>('.event')
                : undefined;
        anchor.current = row ? { row, top: row.offsetTop } : undefined;
    };
    useLayoutEffect(() => {
        const held = anchor.current;
        if (!held?.row.isConnected) return;
        const moved = held.row.offsetTop - held.top;
        if (moved === 0) return;
        scroller.current!.scrollTop += moved;
        held.top += moved;
    });
    return hold;
}

function rows(items: readonly TimelineItem[], open: OpenAgent, target: string | undefined): VNode[] {
    const rows: VNode[] = [];
    let day = '';
    const today = dayName(Date.now());
    const times = timesOf(items);
    for (const item of items) {
        const at = timeOf(item);
        if (at !== undefined && dayName(at) !== day) {
            const dated = day !== '';
            day = dayName(at);
            // Without a line above the first events of today: that is what one expects.
            if (day !== today || dated)
                rows.push(
                    <li class="day" key={`day ${day}`}>
                        {day === today ? 'Today' : day}
                    </li>,
                );
        }
        rows.push(row(item, open, times.get(item.key) ?? {}, item.key === target));
    }
    return rows;
}

function timeOf(item: TimelineItem): number | undefined {
    if (item.kind === 'event') return item.entry.place.ms;
    if (item.kind === 'progress') return item.entries[0]!.place.ms;
    return undefined;
}

function row(item: TimelineItem, open: OpenAgent, times: Times, isTarget: boolean): VNode {
    switch (item.kind) {
        case 'event':
            return (
                <EventRow
                    key={item.key}
                    entry={item.entry}
                    missed={item.missed}
                    stopped={open.timeline.isStopped(item.entry.event.task)}
                    isTarget={isTarget}
                    {...times}
                />
            );
        case 'progress':
            return (
                <ProgressRow
                    key={item.key}
                    entries={item.entries}
                    count={item.entries.length}
                    newest={item.entries[0]!.event.id}
                    missed={item.missed}
                    isTarget={isTarget}
                    {...times}
                />
            );
        case 'hole':
            return <HoleMark key={item.key} hole={item.hole} />;
        case 'outage':
            return <OutageMark key={item.key} outage={item.outage} />;
        case 'unread':
            return <UnreadMark key={item.key} open={open} />;
        case 'missed':
            return (
                <li key={item.key} class="divider away" data-testid="missed-divider">
                    <span>Missed while away</span>
                </li>
            );
        case 'seen':
            return (
                <li key={item.key} class="divider" data-testid="seen-divider">
                    <span>Seen before</span>
                </li>
            );
    }
}
