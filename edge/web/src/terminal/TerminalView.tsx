import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import '@xterm/xterm/css/xterm.css';
import { CloseIcon, DownIcon, StatusIcon } from '../components/Icon';
import type { TerminalProps } from '../components/TerminalPane';
import { bytes } from '../model/format';
import { Gate } from './feed';
import { lookChoice } from './look';
import { TerminalScreen } from './screen';
import { TerminalSession } from './session';
import { changeFont, LookTools, resetLook } from './TerminalTools';

const TAIL_BYTES = 262_144;

/** The output of one task, as its program wrote it: read-only, from its tail on, live. */
export function TerminalView({ client, task, running, heardAt }: TerminalProps) {
    const box = useRef<HTMLDivElement>(null);
    const open = useSignal<{ screen: TerminalScreen; session: TerminalSession } | undefined>(undefined);
    const held = useSignal(false);
    const link = useSignal<string | undefined>(undefined);
    const [fromStart, setFromStart] = useState(false);

    useEffect(() => {
        const gate = new Gate();
        const screen = new TerminalScreen(box.current!, lookChoice.peek(), {
            scrolled: (up) => {
                if (up) gate.hold();
                else gate.open();
                held.value = up;
            },
            link: (address) => (link.value = address),
        });
        const from = fromStart ? 'start' : `tail:${TAIL_BYTES}`;
        const begin = () => {
            screen.term.reset();
            return client.terminal(task, { from });
        };
        const session = new TerminalSession(begin, screen, gate, running);
        screen.term.attachCustomKeyEventHandler((event) => {
            if (event.type === 'keydown' && onKey(event, screen)) {
                event.preventDefault();
                event.stopPropagation();
            }
            return false; // nothing is typed here, and Tab and Esc are the page's
        });
        open.value = { screen, session };
        session.start();
        return () => {
            open.value = undefined;
            held.value = false;
            session.close();
            screen.dispose();
        };
    }, [client, task, fromStart]);
    useEffect(() => open.peek()?.session.setRunning(running), [running]);
    useEffect(() => open.peek()?.session.heard(), [heardAt]);
    useSignalEffect(() => open.value?.screen.choose(lookChoice.value));

    const session = open.value?.session;
    const state = session?.state.value ?? { kind: 'loading' };
    const exitCode = session?.exitCode.value;
    const leftOut = session?.leftOut.value ?? 0;
    const look = open.value?.screen.look.value;
    return (
        <div
            class="terminal-pane"
            data-testid="terminal"
            data-task={task}
            data-state={exitCode === undefined ? state.kind : 'ended'}
        >
            <div class="terminal-bar">
                <span class="terminal-task">{task}</span>
                {leftOut > 0 && !fromStart && (
                    <button
                        type="button"
                        class="terminal-button"
                        onClick={() => setFromStart(true)}
                        data-testid="terminal-all"
                    >
                        Load {bytes(leftOut)} before
                    </button>
                )}
                <span class="spacer" />
                {exitCode !== undefined ? (
                    <span class={exitCode === 0 ? 'exit ok' : 'exit bad'} data-testid="exit-code" data-code={exitCode}>
                        <StatusIcon kind={exitCode === 0 ? 'done' : 'failed'} size={14} /> exit code {exitCode}
                    </span>
                ) : state.kind === 'shown' ? (
                    <span class="exit">{held.value ? 'held while you read' : 'following'}</span>
                ) : null}
                {look && state.kind !== 'none' && (
                    <span class="terminal-tools">
                        <LookTools look={look} />
                    </span>
                )}
            </div>
            <div class="terminal-screen" ref={box} hidden={state.kind === 'none'} />
            {state.kind === 'loading' && <p class="terminal-note">Opening the terminal…</p>}
            {state.kind === 'none' && (
                <p class="terminal-note" data-testid="no-terminal">
                    {state.awaited
                        ? 'No output yet. It appears here with its first byte.'
                        : 'This task has no terminal, or it is no longer kept.'}
                </p>
            )}
            {state.kind === 'failed' && session && (
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
            )}
            {link.value !== undefined && <LinkBar address={link.value} close={() => (link.value = undefined)} />}
            {held.value && session?.hasOutput && (
                <button
                    type="button"
                    class="jump bottom"
                    data-testid="jump-to-live"
                    title="End"
                    onClick={() => open.peek()?.screen.toEnd()}
                >
                    <DownIcon /> {exitCode === undefined ? 'Jump to live' : 'To the end'}
                </button>
            )}
        </div>
    );
}

// A link's text may say anything: one sees where it leads before it is followed.
function LinkBar({ address, close }: { address: string; close: () => void }) {
    return (
        <p class="terminal-strip" role="status" data-testid="terminal-link">
            <span>The program links to</span>
            <a href={address} target="_blank" rel="noopener noreferrer" onClick={close}>
                {address}
            </a>
            <button type="button" class="terminal-button" aria-label="Dismiss the link" onClick={close}>
                <CloseIcon />
            </button>
        </p>
    );
}

// What a key does in the terminal; false if nothing.
function onKey(event: KeyboardEvent, screen: TerminalScreen): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    switch (event.key) {
        case '+':
        case '=':
            changeFont(screen.look.peek(), 1);
            return true;
        case '-':
            changeFont(screen.look.peek(), -1);
            return true;
        case '0':
            resetLook();
            return true;
        default:
            return screen.scrollBy(event.key);
    }
}
