import { memo } from './memo';
import type { Agent } from '../model/agent';
import { dollars } from '../model/format';
import type { Live } from '../model/live';
import { describeMissed } from '../model/missed';
import { app } from '../model/app';
import { indexOf } from '../model/panes';
import { PinIcon, StatusIcon } from './Icon';
import { Ago, Eta } from './Live';
import { Progress } from './Progress';
import { statusLabel } from './words';
import { InlineCode } from './InlineCode';

export interface AgentRowProps {
    agent: Agent;
    live: Live;
    selected: boolean;
    /** The one row that Tab reaches; the others are reached from it by arrow keys. */
    tabStop: boolean;
}

/** One agent of the list. It follows its own signal: an update redraws this row and nothing else. */
export const AgentRow = memo(function AgentRow({ agent, live, selected, tabStop }: AgentRowProps) {
    const view = agent.view.value;
    const missed = live.missed.byAgent.value.get(agent.name);
    return (
        <a
            class="row"
            href={app.place.hrefOf({ agent: agent.name })}
            data-testid={`agent-row-${agent.name}`}
            data-row={agent.name}
            aria-current={selected ? 'true' : undefined}
            tabIndex={tabStop ? 0 : -1}
        >
            <span class={`row-status status-${view.kind}`} data-testid="status" data-status={view.status}>
                <StatusIcon kind={view.kind} />
                <span class="row-status-text">{statusLabel(view.kind, view.status)}</span>
            </span>
            <span class="row-name">
                <span class="name">{agent.name}</span>
                {indexOf(app.wall.value.panes, { agent: agent.name }) >= 0 && (
                    <span class="pinned" title="On the wall" data-testid="pinned">
                        <PinIcon />
                        <span class="visually-hidden">on the wall</span>
                    </span>
                )}
                {missed && (
                    <span
                        class={missed.failed.length > 0 ? 'badge alarm' : 'badge'}
                        data-testid="missed-badge"
                        title={describeMissed(missed, live.missed.truncated.value)}
                    >
                        {describeMissed(missed, live.missed.truncated.value)}
                    </span>
                )}
            </span>
            <span class={`row-what status-${view.kind}`} data-status={statusLabel(view.kind, view.status)}>
                <span class="step">
                    <InlineCode text={whatOf(view)} />
                </span>
                {view.title && view.title !== whatOf(view) && <span class="title">{view.title}</span>}
                {view.task && <span class="task">{view.task}</span>}
                {view.project && <span class="project">{view.project}</span>}
            </span>
            <span class="row-progress">
                <Progress view={view} />
            </span>
            <span class="row-eta">
                <Eta endsAt={view.endsAt} />
            </span>
            <span class="row-cost" data-testid="cost">
                {costOf(view)}
            </span>
            <span class="row-ago">
                <Ago at={view.lastAt} />
            </span>
        </a>
    );
});

type View = Agent['view']['value'];

function whatOf(view: View): string {
    const numbered =
        view.stepNumber !== undefined ? `${view.stepNumber}${view.steps === undefined ? '' : `/${view.steps}`}` : '';
    // While it works the step says most; when it is over or waits, the status's own words do.
    const words =
        view.kind === 'working' || view.kind === 'queued' ? (view.step ?? view.detail) : (view.detail ?? view.step);
    return [view.kind === 'working' ? numbered : '', words ?? ''].filter(Boolean).join(' · ');
}

function costOf(view: View): string {
    const usd = view.usdTotal ?? view.usd;
    return usd === undefined ? '' : dollars(usd);
}
