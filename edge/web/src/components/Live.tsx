import { clock } from '../model/clock';
import { ago, dateTime, timeToGo } from '../model/format';

/** How long ago, ticking. */
export function Ago({ at }: { at: number }) {
    if (at === 0) return <span class="ago">–</span>;
    return (
        <time class="ago" dateTime={new Date(at).toISOString()} title={dateTime(at)}>
            {ago(at, clock.value)}
        </time>
    );
}

/** Time left, ticking; nothing if there is no ground for it. */
export function Eta({ endsAt }: { endsAt: number | undefined }) {
    const left = endsAt === undefined ? 0 : endsAt - clock.value;
    if (left <= 0) return null;
    return (
        <span class="eta" data-testid="eta">
            {timeToGo(left)}
        </span>
    );
}
