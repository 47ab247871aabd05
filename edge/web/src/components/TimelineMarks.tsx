import { duration } from '../model/durations';
import { clockTime, gapText } from '../model/format';
import type { OpenAgent } from '../model/openAgent';
import type { Outage } from '../model/outages';
import type { Hole } from '../model/timeline';
import { BreakIcon, HoleIcon } from './Icon';

/** Events that are gone. */
export function HoleMark({ hole }: { hole: Hole }) {
    return (
        <li class="divider hole" data-testid="timeline-gap">
            <span>
                <HoleIcon /> {gapText(hole.missing, hole.reason)}; some may be of this agent
            </span>
        </li>
    );
}

/** A time without a connection: what is above came later, all of it. */
export function OutageMark({ outage }: { outage: Outage }) {
    return (
        <li class="divider outage" data-testid="timeline-outage" data-over={outage.to !== undefined}>
            <span>
                <BreakIcon /> {outageWords(outage)}
            </span>
        </li>
    );
}

/** What a link led to stands below, and what is between was not read. */
export function UnreadMark({ open }: { open: OpenAgent }) {
    return (
        <li class="divider unread" data-testid="timeline-unread">
            <span>
                Events in between are not loaded{' '}
                <button
                    type="button"
                    class="button small"
                    disabled={open.loading.value}
                    data-testid="load-between"
                    onClick={() => void open.loadBetween()}
                >
                    {open.loading.value ? 'Loading…' : 'Load them'}
                </button>
            </span>
        </li>
    );
}

/** "Not connected from 12:01:03 to 12:01:09 (6 s): the connection broke". */
export function outageWords({ from, to, reason }: Outage): string {
    const why = reason === undefined ? '' : `: ${reason}`;
    if (to === undefined) return `Not connected since ${clockTime(from)}${why}`;
    return `Not connected from ${clockTime(from)} to ${clockTime(to)} (${duration(to - from)})${why}`;
}
