import type { Signal } from '@preact/signals';
import { CopyButton } from '../components/CopyButton';
import { DownloadIcon, LinkIcon, PauseIcon, PlayIcon, SearchIcon, StatusIcon } from '../components/Icon';
import { app } from '../model/app';
import { bytes } from '../model/format';
import type { Downloading } from './downloading';
import { SCROLLBACK_LINES, type TerminalScreen } from './screen';
import type { TerminalSession } from './session';
import { LookTools } from './TerminalTools';

interface TerminalBarProps {
    task: string;
    agent: string;
    /** With the tools alone that one needs beside others. */
    small: boolean;
    screen: TerminalScreen;
    session: TerminalSession;
    downloading: Downloading;
    finding: Signal<boolean>;
}

/** What is shown and how it stands, and what one can do with it. */
export function TerminalBar({ task, agent, small, screen, session, downloading, finding }: TerminalBarProps) {
    const state = session.state.value;
    const leftOut = session.leftOut.value;
    const size = screen.size.value;
    return (
        <div class="terminal-bar">
            <span class="terminal-task">{task}</span>
            {leftOut > 0 && (
                <button
                    type="button"
                    class="terminal-button"
                    onClick={() => session.startOver()}
                    data-testid="terminal-all"
                >
                    Load {bytes(leftOut)} before
                </button>
            )}
            {screen.full.value && (
                <span
                    class="exit"
                    title="Earlier lines are no longer on this page. The download has all that the server keeps."
                    data-testid="terminal-full"
                >
                    last {SCROLLBACK_LINES.toLocaleString('en')} lines
                </span>
            )}
            {size && !small && (
                <span
                    class="exit terminal-size"
                    title="Columns and lines that the program writes for"
                    data-testid="terminal-size"
                >
                    {size.cols} × {size.rows}
                </span>
            )}
            <span class="spacer" />
            <Standing session={session} />
            {state.kind !== 'none' && (
                <span class="terminal-tools" role="group" aria-label="Terminal">
                    <PauseTool session={session} />
                    <button
                        type="button"
                        class="terminal-tool"
                        aria-pressed={finding.value}
                        aria-label="Search the terminal"
                        title="Search (f)"
                        data-testid="terminal-find"
                        onClick={() => (finding.value = !finding.peek())}
                    >
                        <SearchIcon />
                    </button>
                    <CopyButton
                        text={() => linkHere(agent, task, screen, session)}
                        what="a link to the selected line, else to the first one in view or the last"
                        icon
                        picture={<LinkIcon />}
                        class="terminal-tool"
                        testId="terminal-copy-link"
                    />
                    <CopyButton
                        text={() => screen.text()}
                        what="what is selected, else all that is shown"
                        icon
                        class="terminal-tool"
                        testId="terminal-copy"
                    />
                    <button
                        type="button"
                        class="terminal-tool"
                        aria-label="Download the whole log"
                        title="Download the whole log, byte for byte"
                        disabled={downloading.state.value?.kind === 'running'}
                        data-testid="terminal-download"
                        onClick={() => void downloading.start()}
                    >
                        <DownloadIcon />
                    </button>
                    {!small && <LookTools look={screen.look.value} />}
                </span>
            )}
        </div>
    );
}

// While nothing is known of where one is, to the task.
function linkHere(agent: string, task: string, screen: TerminalScreen, { epoch }: TerminalSession): string {
    const offset = screen.offsetHere();
    return app.place.linkTo({ agent, task, ...(offset !== undefined && { offset: { offset, epoch } }) });
}

/** With this the log ends the terminal of a producer that is gone; no program does. */
const LOST = -1;

function Standing({ session }: { session: TerminalSession }) {
    const exitCode = session.exitCode.value;
    if (exitCode === LOST) {
        return (
            <span class="exit bad" data-testid="exit-code" data-code={exitCode} title="Its producer is gone">
                <StatusIcon kind="lost" size={14} /> lost · exit code unknown
            </span>
        );
    }
    if (exitCode !== undefined) {
        return (
            <span class={exitCode === 0 ? 'exit ok' : 'exit bad'} data-testid="exit-code" data-code={exitCode}>
                <StatusIcon kind={exitCode === 0 ? 'done' : 'failed'} size={14} /> exit code {exitCode}
            </span>
        );
    }
    if (session.state.value.kind !== 'shown') return null;
    const behind = session.behind.value;
    const how = session.paused.value ? 'paused' : session.reading.value ? 'held while you read' : 'following';
    return (
        <span class={session.paused.value ? 'exit paused' : 'exit'} data-testid="terminal-standing">
            {how}
            {behind > 0 && <span data-testid="terminal-behind"> · {bytes(behind)} behind</span>}
        </span>
    );
}

function PauseTool({ session }: { session: TerminalSession }) {
    if (session.exitCode.value !== undefined && !session.paused.value) return null;
    const paused = session.paused.value;
    return (
        <button
            type="button"
            class="terminal-tool"
            aria-pressed={paused}
            aria-label={paused ? 'Go on' : 'Pause'}
            title={paused ? 'Go on (p)' : 'Pause: nothing is sent here meanwhile (p)'}
            data-testid="terminal-pause"
            onClick={() => (paused ? session.resume() : session.pause())}
        >
            {paused ? <PlayIcon /> : <PauseIcon />}
        </button>
    );
}
