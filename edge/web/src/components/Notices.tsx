import { app } from '../model/app';
import { clockTime } from '../model/format';
import type { Live } from '../model/live';
import { ClockIcon, CloseIcon, HoleIcon } from './Icon';
import { SignIn } from './SignIn';

/** What must be told above everything else: a sign-in that ran out, old data, gaps, and what was missed. */
export function Notices({ live }: { live: Live }) {
    const asOf = live.asOf.value;
    const link = live.link.value;
    const why = link.status === 'waiting' ? `, ${app.online.value ? link.reason : 'this device is offline'}` : '';
    const total = live.missed.total.value;
    return (
        <div class="notices">
            {app.lapsed.value && <SignIn lapse={app.lapsed.value} />}
            {asOf !== undefined && (
                <p class="notice stale" data-testid="as-of">
                    <ClockIcon />{' '}
                    <span>
                        Not connected{why}. All is shown as of <b>{clockTime(asOf)}</b>.
                    </span>
                </p>
            )}
            {live.notices.shown.value.map((notice) => (
                <p class="notice gap" key={notice.key} role="status" data-testid="gap-notice">
                    <HoleIcon /> <span>{notice.text}</span>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label="Dismiss"
                        onClick={() => live.notices.dismiss(notice.key)}
                    >
                        <CloseIcon />
                    </button>
                </p>
            ))}
            {total > 0 && (
                <p class="notice away" data-testid="missed-notice">
                    <span class="away-dot" aria-hidden="true" />
                    <span>
                        <b>
                            {total.toLocaleString('en')}
                            {live.missed.truncated.value ? '+' : ''}
                        </b>{' '}
                        event{total === 1 ? '' : 's'} of {live.missed.byAgent.value.size} agent
                        {live.missed.byAgent.value.size === 1 ? '' : 's'} while you were away
                    </span>
                    <button
                        type="button"
                        class="button small quiet"
                        data-testid="missed-dismiss"
                        onClick={() => live.dismissMissed()}
                    >
                        Mark as seen
                    </button>
                </p>
            )}
        </div>
    );
}
