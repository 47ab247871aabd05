import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { dayName, gapText } from '../model/format';
import type { OpenAgent } from '../model/openAgent';
import type { Timeline, TimelineItem } from '../model/timeline';
import { HoleIcon, UpIcon } from './Icon';
import { EventRow, ProgressRow } from './TimelineRow';

const SHOWN = 200;
const SCROLLED = 120;

/** The events of an agent, the newest on top. */
export function TimelineView({ open }: { open: OpenAgent }) {
    const [shown, setShown] = useState(SHOWN);
    const [scrolled, setScrolled] = useState(false);
    const scroller = useRef<HTMLDivElement>(null);
    const end = useRef<HTMLDivElement>(null);
    void open.version.value;
    const items = open.timeline.items(open.missed.value);
    const hasMore = items.length > shown || open.hasOlder.value;

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
                <ol class="events">{rows(items.slice(0, shown), open.timeline)}</ol>
                {open.problem.value !== undefined && (
                    <p class="timeline-note" role="alert">
                        Older events could not be loaded: {open.problem.value}{' '}
                        <button type="button" class="button small" onClick={() => void open.load()}>
                            Try again
                        </button>
                    </p>
                )}
                {items.length === 0 && open.problem.value === undefined && (
                    <p class="timeline-note">{open.loading.value ? 'Loading…' : 'No events are kept of this agent.'}</p>
                )}
                {hasMore && items.length > 0 && (
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

function rows(items: readonly TimelineItem[], timeline: Timeline): VNode[] {
    const rows: VNode[] = [];
    let day = '';
    const today = dayName(Date.now());
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
        rows.push(row(item, timeline));
    }
    return rows;
}

function timeOf(item: TimelineItem): number | undefined {
    if (item.kind === 'event') return item.entry.place.ms;
    if (item.kind === 'progress') return item.entries[0]!.place.ms;
    return undefined;
}

function row(item: TimelineItem, timeline: Timeline): VNode {
    switch (item.kind) {
        case 'event':
            return (
                <EventRow
                    key={item.key}
                    entry={item.entry}
                    missed={item.missed}
                    stopped={timeline.isStopped(item.entry.event.task)}
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
                />
            );
        case 'hole':
            return (
                <li key={item.key} class="divider hole" data-testid="timeline-gap">
                    <span>
                        <HoleIcon /> {gapText(item.hole.missing, item.hole.reason)}; some may be of this agent
                    </span>
                </li>
            );
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
