import { useSignal } from '@preact/signals';
import type { Agent, AgentView } from '../model/agent';
import { app } from '../model/app';
import { dollars } from '../model/format';
import type { Live } from '../model/live';
import type { OpenAgent } from '../model/openAgent';
import { indexOf, PANES_MAX, toggled, type Pane } from '../model/panes';
import { isEnded } from '../model/status';
import { tasksOf, type TaskSummary } from '../model/tasks';
import { BackIcon, CloseIcon, PinIcon, StatusIcon } from './Icon';
import { Ago, Eta } from './Live';
import { Progress } from './Progress';
import { TerminalPane } from './TerminalPane';
import { TimelineView } from './TimelineView';
import { statusLabel } from './words';
import { InlineCode } from './InlineCode';

type Panel = 'both' | 'terminal' | 'events';

const PANELS: readonly { panel: Panel; label: string }[] = [
    { panel: 'both', label: 'Both' },
    { panel: 'terminal', label: 'Terminal' },
    { panel: 'events', label: 'Events' },
];

/** One agent: what it does now, its terminal, its events. */
export function Detail({ live, open }: { live: Live; open: OpenAgent }) {
    const panel = useSignal<Panel>('both');
    void live.agents.shape.value;
    void open.version.value;
    const agent = live.agents.get(open.name);
    const tasks = tasksOf(open.timeline);
    const current = agent?.view.value.task ?? tasks[0]?.name;
    const chosen = app.route.value.task;
    const task = chosen ?? current;

    return (
        <section
            class="detail"
            aria-label={`Agent ${open.name}`}
            data-testid="detail"
            data-agent={open.name}
            data-panel={panel.value}
        >
            <DetailHead name={open.name} agent={agent} tasks={tasks} />
            <div class="detail-bar">
                <TaskChoice tasks={tasks} current={current} chosen={chosen} agent={open.name} />
                <Pin pane={chosen === undefined ? { agent: open.name } : { agent: open.name, task: chosen }} />
                <div class="segments" role="group" aria-label="What is shown">
                    {PANELS.map(({ panel: name, label }) => (
                        <button
                            key={name}
                            type="button"
                            aria-pressed={panel.value === name}
                            class={`segment-${name}`}
                            data-testid={`panel-${name}`}
                            onClick={() => (panel.value = name)}
                        >
                            {label}
                        </button>
                    ))}
                </div>
            </div>
            <div class="panels">
                {panel.value !== 'events' && (
                    <TerminalPane
                        key={task}
                        client={live.client.value}
                        agent={open.name}
                        task={task}
                        outages={live.outages}
                        place={app.route.value.offset}
                        heardAt={tasks.find(({ name }) => name === task)?.lastAt ?? 0}
                        running={task === current && agent !== undefined && !isEnded(agent.view.value.kind)}
                    />
                )}
                {panel.value !== 'terminal' && <TimelineView key={open.name} open={open} live={live} />}
            </div>
        </section>
    );
}

/** Onto the wall: the agent with what it works on, or the task that was chosen. */
function Pin({ pane }: { pane: Pane }) {
    const { panes } = app.wall.value;
    const isPinned = indexOf(panes, pane) >= 0;
    const what = pane.task === undefined ? 'this agent' : 'this task';
    const isFull = !isPinned && panes.length >= PANES_MAX;
    return (
        <button
            type="button"
            class="button small pin"
            aria-pressed={isPinned}
            disabled={isFull}
            title={isFull ? 'The wall is full' : isPinned ? `Take ${what} off the wall` : `Pin ${what} to the wall (v)`}
            data-testid="pin"
            onClick={() => app.place.arrange(toggled(app.wall.peek(), pane))}
        >
            <PinIcon /> <span>{isPinned ? 'Pinned' : 'Pin'}</span>
        </button>
    );
}

interface DetailHeadProps {
    name: string;
    agent: Agent | undefined;
    tasks: TaskSummary[];
}

function DetailHead({ name, agent, tasks }: DetailHeadProps) {
    const view = agent?.view.value;
    const title = view?.title ?? tasks.find((task) => task.name === view?.task)?.title;
    return (
        <header class="detail-head">
            <div class="detail-title">
                <button
                    type="button"
                    class="icon-button back"
                    aria-label="Back to all agents"
                    title="Back (Esc)"
                    data-testid="back"
                    onClick={() => app.go({})}
                >
                    <span class="narrow-only">
                        <BackIcon />
                    </span>
                    <span class="wide-only">
                        <CloseIcon />
                    </span>
                </button>
                <h1>{name}</h1>
                {view && (
                    <span
                        class={`status-pill status-${view.kind}`}
                        data-testid="detail-status"
                        data-status={view.status}
                    >
                        <StatusIcon kind={view.kind} size={14} /> {statusLabel(view.kind, view.status)}
                    </span>
                )}
                {view && (
                    <span class="detail-ago">
                        <Ago at={view.lastAt} />
                    </span>
                )}
            </div>
            {view ? (
                <>
                    {title && title !== nowOf(view) && (
                        <p class="detail-task" data-testid="task-title">
                            {title}
                        </p>
                    )}
                    {(view.step ?? view.detail) && (
                        <p class="detail-step">
                            {view.stepNumber !== undefined && (
                                <span class="step-number">
                                    Step {view.stepNumber}
                                    {view.steps !== undefined && ` of ${view.steps}`}
                                </span>
                            )}
                            <span>
                                <InlineCode text={nowOf(view)} />
                            </span>
                        </p>
                    )}
                    <div class="facts">
                        <Progress view={view} />
                        <Eta endsAt={view.endsAt} />
                        {view.usd !== undefined && (
                            <span class="fact">
                                <b>{dollars(view.usd)}</b> this task
                            </span>
                        )}
                        {view.usdTotal !== undefined && (
                            <span class="fact">
                                <b>{dollars(view.usdTotal)}</b> in total
                            </span>
                        )}
                    </div>
                </>
            ) : (
                <p class="detail-step">Nothing is known of this agent yet.</p>
            )}
        </header>
    );
}

function nowOf(view: AgentView): string {
    return (view.kind === 'working' ? (view.step ?? view.detail) : (view.detail ?? view.step)) ?? '';
}

interface TaskChoiceProps {
    tasks: TaskSummary[];
    current: string | undefined;
    chosen: string | undefined;
    agent: string;
}

function TaskChoice({ tasks, current, chosen, agent }: TaskChoiceProps) {
    const names = tasks.map((task) => task.name);
    const missing = [current, chosen].filter((name): name is string => name !== undefined && !names.includes(name));
    const all: TaskSummary[] = [...new Set(missing)]
        .map((name): TaskSummary => ({ name, isLost: false, isStopped: false, lastAt: 0 }))
        .concat(tasks);
    if (all.length === 0) return <span class="task-choice faint">No task yet</span>;
    return (
        <label class="task-choice">
            <span class="visually-hidden">Task</span>
            <select
                value={chosen ?? current}
                data-testid="task-select"
                onChange={(event) => {
                    const name = event.currentTarget.value;
                    app.go({ agent, ...(name !== current && { task: name }) });
                }}
            >
                {all.map((task) => (
                    <option key={task.name} value={task.name}>
                        {taskLabel(task, current)}
                    </option>
                ))}
            </select>
        </label>
    );
}

function taskLabel(task: TaskSummary, current: string | undefined): string {
    const parts = [task.name];
    if (task.title) parts.push(task.title);
    if (task.name === current) parts.push('current');
    else if (task.isLost) parts.push('lost');
    else if (task.isStopped) parts.push('stopped');
    else if (task.exitCode !== undefined) parts.push(task.exitCode === 0 ? 'finished' : `failed (${task.exitCode})`);
    return parts.join(' · ');
}
