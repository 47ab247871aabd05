import type { AgentView } from '../model/agent';

/** A bar from 0 to 100. A new task is another bar (key), so that it starts at its beginning without running back. */
export function Progress({ view }: { view: AgentView }) {
    if (view.percent === undefined) return <span class="progress none" data-testid="progress" aria-hidden="true" />;
    const percent = Math.round(view.percent * 10) / 10;
    return (
        <span
            class={`progress status-${view.kind}`}
            key={view.task}
            data-testid="progress"
            role="progressbar"
            aria-label="Progress"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
        >
            <span class="track">
                <span class="bar" style={{ transform: `scaleX(${percent / 100})` }} />
            </span>
            <span class="percent">{Math.floor(percent)}%</span>
        </span>
    );
}
