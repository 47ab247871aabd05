import { useSignal } from '@preact/signals';
import { app } from '../model/app';
import type { OpenAgent } from '../model/openAgent';
import { tasksOf } from '../model/tasks';
import { EVENT_KINDS, toggledKind, type EventKind } from '../model/timelineFilter';
import { localTimeIn, localTimeText } from '../model/localTime';
import { CloseIcon } from './Icon';

const LABELS: Record<EventKind, string> = {
    status: 'Status',
    progress: 'Progress',
    messages: 'Messages',
    tasks: 'Tasks',
    cost: 'Cost',
    other: 'Other',
};

/** Which kinds of events are shown, and ways to a task or a time. All of it stands in the address. */
export function TimelineTools({ open }: { open: OpenAgent }) {
    const { show } = app.route.value;
    return (
        <div class="timeline-tools">
            <div class="kinds" role="group" aria-label="Kinds of events">
                {EVENT_KINDS.map((kind) => (
                    <button
                        key={kind}
                        type="button"
                        class="chip small"
                        aria-pressed={show?.includes(kind) ?? false}
                        data-testid={`kind-${kind}`}
                        onClick={() => {
                            // What a link led to may not be of this kind: it is left.
                            const { agent, task, show } = app.route.peek();
                            const next = toggledKind(show, kind);
                            app.refine({ agent, ...(task && { task }), ...(next && { show: next }) });
                        }}
                    >
                        {LABELS[kind]}
                    </button>
                ))}
            </div>
            <span class="goto">
                <TaskJump open={open} />
                <TimeJump />
            </span>
            <SoughtNote open={open} />
        </div>
    );
}

/** To where a task began, as far as its beginning is among what was read. */
function TaskJump({ open }: { open: OpenAgent }) {
    void open.version.value;
    const tasks = tasksOf(open.timeline).filter(({ firstId }) => firstId !== undefined);
    if (tasks.length === 0) return null;
    return (
        <select
            class="small"
            aria-label="Go to a task"
            value=""
            data-testid="goto-task"
            onChange={(event) => {
                const chosen = tasks.find(({ name }) => name === event.currentTarget.value);
                event.currentTarget.value = '';
                if (chosen) goTo({ event: chosen.firstId });
            }}
        >
            <option value="">Go to task…</option>
            {tasks.map(({ name, title }) => (
                <option key={name} value={name}>
                    {title ? `${name} · ${title}` : name}
                </option>
            ))}
        </select>
    );
}

function TimeJump() {
    const at = useSignal(localTimeText(app.route.peek().at ?? Date.now()));
    const ms = localTimeIn(at.value);
    return (
        <form
            class="time-jump"
            onSubmit={(event) => {
                event.preventDefault();
                if (ms !== undefined) goTo({ at: ms });
            }}
        >
            <input
                type="datetime-local"
                step="1"
                aria-label="Go to a time"
                value={at.value}
                data-testid="goto-time"
                onInput={(event) => (at.value = event.currentTarget.value)}
            />
            <button type="submit" class="button small" disabled={ms === undefined} data-testid="goto-time-go">
                Go
            </button>
        </form>
    );
}

// What is gone to must not be left out by a filter.
function goTo(target: { event?: string; at?: number }): void {
    const { agent, task } = app.route.peek();
    app.go({ agent, ...(task && { task }), ...target });
}

/** How the way to what a link leads to went: looking, not quite there, gone. */
function SoughtNote({ open }: { open: OpenAgent }) {
    const sought = open.sought.value;
    if (sought === undefined) return null;
    const isGone = sought.state === 'gone';
    const { words } = sought;
    return (
        <p
            class={isGone ? 'sought gone' : 'sought'}
            role={isGone ? 'alert' : 'status'}
            data-testid="sought"
            data-state={sought.state}
        >
            <span>{words ?? 'This is what the link leads to; it is marked below.'}</span>
            <button
                type="button"
                class="icon-button small"
                aria-label="Dismiss"
                title="Dismiss"
                data-testid="sought-dismiss"
                onClick={() => goTo({})}
            >
                <CloseIcon />
            </button>
        </p>
    );
}
