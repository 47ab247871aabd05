import type { Live } from '../model/live';
import { CopyButton } from './CopyButton';
import { SearchIcon, ProgressIcon } from './Icon';
import { app } from '../model/app';
import { noMatch } from '../model/listing';
import { clearFilter } from './ListTools';

/** Why no agent is shown, and what to do about it. */
export function ListEmpty({ live }: { live: Live }) {
    void live.agents.shape.value;
    if (live.agents.size > 0) {
        return (
            <div class="empty" data-testid="empty-filter">
                <SearchIcon />
                <h2>No agent matches</h2>
                <p data-testid="no-match">{noMatch(live.agents.size, app.query.value)}</p>
                <button type="button" class="button" onClick={clearFilter}>
                    Clear the filter
                </button>
            </div>
        );
    }
    if (!live.complete.value) return <Skeleton />;
    return (
        <div class="empty" data-testid="empty-agents">
            <ProgressIcon />
            <h2>No agents yet</h2>
            <p>
                An agent appears here with the first event that is published for it. Try it, with a token that may
                publish:
            </p>
            <Command text={curlLine(location.origin)} />
        </div>
    );
}

function curlLine(origin: string): string {
    const event = [
        '{"channel":"agents","type":"agent.status","agent":"a1","task":"t1",',
        '       "state_key":"agent:a1:status","payload":{"status":"working"}}',
    ].join('\n');
    return [
        `curl --cacert "$CA" ${origin}/v1/events \\`,
        '  -H "Authorization: Bearer $PUBLISHER" \\',
        '  -H "Content-Type: application/json" \\',
        `  -d '${event}'`,
    ].join('\n');
}

function Command({ text }: { text: string }) {
    return (
        <div class="command">
            <pre tabIndex={0} aria-label="Command to publish an event">
                {text}
            </pre>
            <CopyButton text={() => text} what="the command" class="button small" testId="copy-command" />
        </div>
    );
}

function Skeleton() {
    return (
        <div class="skeleton" aria-label="Loading agents" role="status">
            {[68, 52, 60, 44, 57].map((width) => (
                <span key={width} style={{ width: `${width}%` }} />
            ))}
        </div>
    );
}
