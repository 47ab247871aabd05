import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RealtimeClient } from '@realtime/client';
import type { TerminalPlace } from '../model/names';
import type { Outages } from '../model/outages';

export interface TerminalProps {
    client: RealtimeClient;
    task: string;
    /** The task is being worked on: a terminal that is not there may come. */
    running: boolean;
    /** When something was last heard of the task, ms: then its terminal may have come. */
    heardAt: number;
    /** Whose task it is. */
    agent: string;
    outages: Outages;
    /** The byte that a link leads to. */
    place?: TerminalPlace | undefined;
    /** Nobody can see it for now: it is sent nothing. */
    hidden?: boolean;
    /** Beside others: only what there is room for. */
    small?: boolean;
}

type Loaded = ComponentType<TerminalProps>;

let loaded: Loaded | undefined;

/** The terminal, whose code is fetched when one is first shown: the list does without it. */
export function TerminalPane({ task, ...props }: Omit<TerminalProps, 'task'> & { task: string | undefined }) {
    const [View, setView] = useState<Loaded | undefined>(() => loaded);
    const [failed, setFailed] = useState(false);

    useEffect(() => {
        if (View) return;
        import('../terminal/TerminalView').then(
            (module) => {
                loaded = module.TerminalView;
                setView(() => loaded);
            },
            () => setFailed(true),
        );
    }, [failed]);

    if (task === undefined)
        return (
            <div class="terminal-pane" data-testid="terminal" data-state="none">
                <p class="terminal-note" data-testid="no-terminal">
                    This agent has no task, so there is no terminal.
                </p>
            </div>
        );
    if (failed && !View) {
        return (
            <div class="terminal-pane">
                <p class="terminal-note">
                    The terminal’s code could not be loaded.{' '}
                    <button type="button" class="button small" onClick={() => setFailed(false)}>
                        Try again
                    </button>
                </p>
            </div>
        );
    }
    return View ? <View task={task} {...props} /> : <div class="terminal-pane" aria-busy="true" />;
}
