import type { AgentEvent } from '@realtime/client';
import { app } from '../model/app';
import { exactTime } from '../model/format';
import { CopyButton } from './CopyButton';

/** An event exactly as it was sent, with its times; to copy, and to link to. */
export function Raw({ event }: { event: AgentEvent }) {
    return (
        <div class="raw">
            <div class="raw-head">
                <dl class="times" data-testid="event-times">
                    {timesOf(event).map(({ what, at }) => (
                        <div key={what}>
                            <dt>{what}</dt>
                            <dd>
                                <time dateTime={new Date(at).toISOString()}>{exactTime(at)}</time>
                            </dd>
                        </div>
                    ))}
                </dl>
                <span class="raw-tools">
                    <CopyButton
                        text={() => app.place.linkTo({ agent: event.agent, event: event.id })}
                        what="a link to this event"
                        says="Copy link"
                        class="button small"
                        testId="copy-event-link"
                    />
                    <CopyButton
                        text={() => json(event, 2)}
                        what="the event as JSON"
                        class="button small"
                        testId="copy-event"
                    />
                </span>
            </div>
            <pre tabIndex={0} aria-label="The event as JSON">
                {json(event, 2)}
            </pre>
        </div>
    );
}

// When it was made, stored and sent here, as far as it says.
function timesOf({ ts, appended, sent }: AgentEvent): { what: string; at: number }[] {
    return [
        { what: 'made', at: ts },
        { what: 'stored', at: appended },
        { what: 'sent', at: sent },
    ].filter(({ at }) => at > 0);
}

export function json(value: unknown, indent?: number): string {
    return (
        JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field), indent) ??
        ''
    );
}
