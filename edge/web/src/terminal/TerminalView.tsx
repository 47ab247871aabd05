import { useSignal, useSignalEffect, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import '@xterm/xterm/css/xterm.css';
import { DownIcon } from '../components/Icon';
import type { TerminalProps } from '../components/TerminalPane';
import { outageWords } from '../components/TimelineMarks';
import { terminalPlaceText } from '../model/names';
import type { Outages } from '../model/outages';
import { Downloading } from './downloading';
import { Gate } from './feed';
import { linkWords } from './link';
import { FindBar } from './FindBar';
import { chooseLook, lookChoice } from './look';
import { TerminalScreen } from './screen';
import { TerminalSession } from './session';
import { DownloadStrip, LinkStrip } from './Strips';
import { TerminalBar } from './TerminalBar';
import { changeFont, resetLook } from './TerminalTools';

interface Opened {
    screen: TerminalScreen;
    session: TerminalSession;
    downloading: Downloading;
    close(): void;
}

/** The output of one task, as its program wrote it: read-only, from its tail on, live. */
export function TerminalView(props: TerminalProps) {
    const { task, running, heardAt, agent, place, hidden = false, small = false } = props;
    const box = useRef<HTMLDivElement>(null);
    const opened = useSignal<Opened | undefined>(undefined);
    const link = useSignal<string | undefined>(undefined);
    const finding = useSignal(false);

    useEffect(() => {
        const now = (opened.value = open(props, box.current!, link, finding));
        return () => {
            opened.value = undefined;
            now.close();
        };
    }, [props.client, task, place && terminalPlaceText(place)]);
    useEffect(() => opened.peek()?.session.setHidden(hidden), [hidden]);
    useEffect(() => opened.peek()?.session.setRunning(running), [running]);
    useEffect(() => opened.peek()?.session.heard(), [heardAt]);
    useSignalEffect(() => opened.value?.screen.choose(lookChoice.value));

    const { screen, session, downloading } = opened.value ?? {};
    const state = session?.state.value ?? { kind: 'loading' };
    return (
        <div
            class="terminal-pane"
            data-testid="terminal"
            data-task={task}
            data-state={session?.exitCode.value === undefined ? state.kind : 'ended'}
            onKeyDown={(event) => {
                if (!isFind(event)) return;
                event.preventDefault();
                finding.value = true;
            }}
        >
            {screen && session && downloading && (
                <TerminalBar {...{ task, agent, small, screen, session, downloading, finding }} />
            )}
            <div
                class={screen?.size.value ? 'terminal-screen sized' : 'terminal-screen'}
                ref={box}
                hidden={state.kind === 'none'}
            />
            {session && <Note session={session} />}
            {session && <LinkNote session={session} />}
            {finding.value && screen && <FindBar screen={screen} close={() => endSearch(finding, screen)} />}
            {downloading && <DownloadStrip downloading={downloading} />}
            {link.value !== undefined && <LinkStrip address={link.value} close={() => (link.value = undefined)} />}
            {session && screen && <Jump session={session} screen={screen} />}
        </div>
    );
}

function open(props: TerminalProps, box: HTMLElement, link: Signal, finding: Signal): Opened {
    const { client, task, running, place, hidden = false } = props;
    const screen: TerminalScreen = new TerminalScreen(box, lookChoice.peek(), {
        scrolled: (up) => session.setReading(up),
        link: (address) => (link.value = address),
    });
    const server = {
        open: (from: string) => client.terminal(task, { from }),
        end: () => client.readTerminal(task, { from: 'tail:0' }),
        isHidden: () => document.visibilityState === 'hidden',
    };
    const session = new TerminalSession(server, screen, new Gate(), running, place);
    session.setHidden(hidden);
    const off = client.on('notice', ({ code, subscription }) => {
        if (code === 'not_found' && subscription !== undefined) session.vanished(subscription);
    });
    screen.term.attachCustomKeyEventHandler((event) => {
        if (event.type === 'keydown' && onKey(event, screen, session, finding)) {
            event.preventDefault();
            event.stopPropagation();
        }
        return false; // nothing is typed here, and Tab and Esc are the page's
    });
    session.start();
    const downloading = new Downloading(client, task);
    const unmark = markBreaks(props.outages, screen);
    const close = () => {
        off();
        unmark();
        session.close();
        downloading.dismiss();
        screen.dispose();
    };
    return { screen, session, downloading, close };
}

// Each break of the connection since the terminal is open, at the line that was the last then.
function markBreaks(outages: Outages, screen: TerminalScreen): () => void {
    const known = new Set(outages.all.peek().map(({ key }) => key));
    return outages.all.subscribe((all) => {
        screen.marks.retitle();
        for (const { key, ...outage } of all) {
            if (known.has(key)) continue;
            known.add(key);
            screen.marks.markBreak(() =>
                outageWords(outages.all.peek().find((one) => one.key === key) ?? { key, ...outage }),
            );
        }
    });
}

/** What a link leads to that is not there. */
function LinkNote({ session }: { session: TerminalSession }) {
    const state = session.link.value?.state.value;
    const words = state && linkWords(state);
    if (words === undefined) return null;
    return (
        <p class="terminal-strip" role="alert" data-testid="terminal-link-gone" data-state={state}>
            <span>{words} Shown is what is there.</span>
            <button type="button" class="terminal-button" onClick={() => (session.link.value = undefined)}>
                Dismiss
            </button>
        </p>
    );
}

/** Why nothing is shown, or nothing more. */
function Note({ session }: { session: TerminalSession }) {
    const state = session.state.value;
    switch (state.kind) {
        case 'shown':
            return null;
        case 'loading':
            return <p class="terminal-note">Opening the terminal…</p>;
        case 'none':
            return (
                <p class="terminal-note" data-testid="no-terminal">
                    {state.awaited
                        ? 'No output yet. It appears here with its first byte.'
                        : 'This task has no terminal, or it is no longer kept.'}
                </p>
            );
        case 'gone':
            return (
                <p class="terminal-strip" role="status" data-testid="terminal-gone">
                    This terminal is no longer kept by the server. What was read of it stays until you leave.
                </p>
            );
        case 'failed':
            return (
                <p
                    class={session.hasOutput ? 'terminal-strip' : 'terminal-note'}
                    role="alert"
                    data-testid="terminal-failed"
                >
                    <span>
                        {session.hasOutput ? 'Nothing more can be shown' : 'The terminal cannot be shown'}:{' '}
                        {state.detail}
                    </span>{' '}
                    <button type="button" class="terminal-button" onClick={() => session.start()}>
                        Try again
                    </button>
                </p>
            );
    }
}

function Jump({ session, screen }: { session: TerminalSession; screen: TerminalScreen }) {
    if (!session.held.value || !session.hasOutput) return null;
    return (
        <button
            type="button"
            class="jump bottom"
            data-testid="jump-to-live"
            title="End"
            onClick={() => toLive(session, screen)}
        >
            <DownIcon /> {session.exitCode.value === undefined ? 'Jump to live' : 'To the end'}
        </button>
    );
}

function toLive(session: TerminalSession, screen: TerminalScreen): void {
    screen.toEnd();
    session.toLive();
}

function endSearch(finding: Signal<boolean>, screen: TerminalScreen): void {
    finding.value = false;
    screen.term.focus();
}

function isFind({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
    return key.toLowerCase() === 'f' && (ctrlKey || metaKey) && !altKey && !shiftKey;
}

// What a key does in the terminal; false if nothing.
function onKey(event: KeyboardEvent, screen: TerminalScreen, session: TerminalSession, finding: Signal): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.shiftKey && event.key.startsWith('Arrow')) return false; // to the pane beside it
    const look = screen.look.peek();
    switch (event.key) {
        case '+':
        case '=':
            changeFont(look, 1);
            return true;
        case '-':
            changeFont(look, -1);
            return true;
        case '0':
            resetLook();
            return true;
        case 'w':
            if (look.mayWrap) chooseLook({ ...lookChoice.peek(), wrap: !look.wrap });
            return true;
        case 'f':
            finding.value = true;
            return true;
        case 'p':
            if (session.paused.peek()) session.resume();
            else session.pause();
            return true;
        case 'End':
            toLive(session, screen);
            return true;
        default:
            return screen.scrollBy(event.key);
    }
}
