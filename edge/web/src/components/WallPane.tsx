import { app } from '../model/app';
import type { Live } from '../model/live';
import { without, type Pane } from '../model/panes';
import { isEnded } from '../model/status';
import { CloseIcon, MaximiseIcon, StatusIcon } from './Icon';
import { InlineCode } from './InlineCode';
import { TerminalPane } from './TerminalPane';
import { statusLabel } from './words';

interface WallPaneProps {
    live: Live;
    pane: Pane;
    index: number;
    isMax: boolean;
    isHidden: boolean;
    isFront: boolean;
    focused: () => void;
}

/** One pinned agent or task: who, how it stands, and its terminal. */
export function WallPane({ live, pane, index, isMax, isHidden, isFront, focused }: WallPaneProps) {
    void live.agents.shape.value;
    const agent = live.agents.get(pane.agent);
    const view = agent?.view.value;
    const task = pane.task ?? view?.task;
    const isPresent = task !== undefined && task === view?.task;
    const missed = live.missed.byAgent.value.get(pane.agent);
    const name = `${index + 1}: ${pane.agent}`;
    return (
        <section
            class={`wall-pane ${isMax ? 'max' : ''} ${isFront ? 'front' : ''}`}
            aria-label={name}
            tabIndex={-1}
            data-testid="wall-pane"
            data-agent={pane.agent}
            data-hidden={isHidden}
            data-max={isMax}
            onFocusIn={focused}
        >
            <header class="wall-pane-head">
                <span class="pane-number" aria-hidden="true">
                    {index + 1}
                </span>
                {view && (
                    <span class={`status-${view.kind}`} title={statusLabel(view.kind, view.status)}>
                        <StatusIcon kind={view.kind} size={14} />
                        <span class="visually-hidden">{statusLabel(view.kind, view.status)}</span>
                    </span>
                )}
                <a class="name" href={app.place.hrefOf(pane)} title="Open its details" data-testid="pane-open">
                    {pane.agent}
                </a>
                {missed && missed.failed.length > 0 && <span class="badge alarm">{missed.failed.length} failed</span>}
                <span class="step">
                    {isPresent || pane.task === undefined ? (
                        <InlineCode text={(view?.kind === 'working' ? view.step : view?.detail) ?? ''} />
                    ) : (
                        'an earlier task'
                    )}
                </span>
                <button
                    type="button"
                    class="icon-button small wide-pane"
                    aria-pressed={isMax}
                    aria-label={isMax ? `Show all beside ${name}` : `Maximise ${name}`}
                    title={isMax ? 'Show all (m)' : 'Maximise (m)'}
                    data-testid="pane-max"
                    onClick={() => app.place.arrange({ ...app.wall.peek(), max: isMax ? undefined : index })}
                >
                    <MaximiseIcon on={isMax} />
                </button>
                <button
                    type="button"
                    class="icon-button small"
                    aria-label={`Take ${name} off the wall`}
                    title="Take off the wall (x)"
                    data-testid="pane-unpin"
                    onClick={() => app.place.arrange(without(app.wall.peek(), index))}
                >
                    <CloseIcon />
                </button>
            </header>
            <TerminalPane
                key={task}
                client={live.client.value}
                agent={pane.agent}
                task={task}
                outages={live.outages}
                heardAt={isPresent ? (view?.lastAt ?? 0) : 0}
                running={isPresent && view !== undefined && !isEnded(view.kind)}
                hidden={isHidden}
                small
            />
        </section>
    );
}
