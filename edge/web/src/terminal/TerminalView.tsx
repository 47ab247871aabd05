import { useEffect, useRef, useState } from 'preact/hooks';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { CloseIcon, DownIcon, StatusIcon } from '../components/Icon';
import type { TerminalProps } from '../components/TerminalPane';
import { bytes } from '../model/format';
import { feed, Gate } from './feed';
import { addressOf, keepMouse } from './guard';
import { COLUMNS, FONT_FAMILY, fontSizeFor, TERMINAL_THEME } from './look';

const TAIL_BYTES = 262_144;
const SCROLLBACK_LINES = 10_000;
const RETRY_MS = 3_000;

type State = { kind: 'loading' } | { kind: 'shown' } | { kind: 'none' } | { kind: 'failed'; detail: string };

/** The output of one task, as its program wrote it: read-only, from its tail on, live. */
export function TerminalView({ client, task, running }: TerminalProps) {
    const box = useRef<HTMLDivElement>(null);
    const gate = useRef(new Gate());
    const terminal = useRef<Terminal | undefined>(undefined);
    const [state, setState] = useState<State>({ kind: 'loading' });
    const [held, setHeld] = useState(false);
    const [exitCode, setExitCode] = useState<number>();
    const [leftOut, setLeftOut] = useState(0);
    const [fromStart, setFromStart] = useState(false);
    const [attempt, setAttempt] = useState(0);
    const [link, setLink] = useState<string>();

    useEffect(() => {
        const { term, dispose } = openTerminal(
            box.current!,
            (scrolledUp) => {
                if (scrolledUp) gate.current.hold();
                else gate.current.open();
                setHeld(scrolledUp);
            },
            setLink,
        );
        terminal.current = term;
        const subscription = client.terminal(task, { from: fromStart ? 'start' : `tail:${TAIL_BYTES}` });
        let retry: ReturnType<typeof setTimeout> | undefined;
        let over = false;
        const screen = {
            write: (data: Uint8Array | string) =>
                new Promise<void>((resolve) => {
                    if (over) return resolve();
                    term.write(data, resolve);
                }),
        };
        feed(subscription, screen, gate.current, {
            began: (offset) => {
                setLeftOut(offset);
                setState({ kind: 'shown' });
            },
            ended: (code) => {
                setExitCode(code);
                setState({ kind: 'shown' });
            },
        }).catch((failure: unknown) => {
            if (over) return;
            const { code, message } = failure as { code?: string; message?: string };
            setState(code === 'not_found' ? { kind: 'none' } : { kind: 'failed', detail: message ?? String(failure) });
            // A task that has just begun has no terminal before its first byte.
            if (code === 'not_found' && running) retry = setTimeout(() => setAttempt(attempt + 1), RETRY_MS);
        });
        return () => {
            over = true;
            clearTimeout(retry);
            gate.current.open();
            void subscription.close();
            dispose();
        };
    }, [client, task, fromStart, attempt]);

    const toLive = () => terminal.current?.scrollToBottom();
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
                    <span class="exit">{held ? 'held while you read' : 'following'}</span>
                ) : null}
            </div>
            <div class="terminal-screen" ref={box} hidden={state.kind === 'none'} />
            {state.kind === 'loading' && <p class="terminal-note over">Opening the terminal…</p>}
            {state.kind === 'none' && (
                <p class="terminal-note" data-testid="no-terminal">
                    {running
                        ? 'No output yet. It appears here with its first byte.'
                        : 'This task has no terminal, or it is no longer kept.'}
                </p>
            )}
            {state.kind === 'failed' && (
                <p class="terminal-note over" role="alert">
                    The terminal cannot be shown: {state.detail}{' '}
                    <button type="button" class="terminal-button" onClick={() => setAttempt(attempt + 1)}>
                        Try again
                    </button>
                </p>
            )}
            {link !== undefined && <LinkBar address={link} close={() => setLink(undefined)} />}
            {held && state.kind === 'shown' && (
                <button type="button" class="jump bottom" data-testid="jump-to-live" onClick={toLive}>
                    <DownIcon /> {exitCode === undefined ? 'Jump to live' : 'To the end'}
                </button>
            )}
        </div>
    );
}

// A link's text may say anything: one sees where it leads before it is followed.
function LinkBar({ address, close }: { address: string; close: () => void }) {
    return (
        <p class="terminal-link" role="status" data-testid="terminal-link">
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

function openTerminal(element: HTMLElement, onScroll: (up: boolean) => void, onLink: (address: string) => void) {
    const term = new Terminal({
        cols: COLUMNS,
        rows: 24,
        disableStdin: true,
        cursorInactiveStyle: 'none',
        cursorStyle: 'bar',
        scrollback: SCROLLBACK_LINES,
        fontFamily: FONT_FAMILY,
        fontSize: 12,
        lineHeight: 1.2,
        theme: TERMINAL_THEME,
        drawBoldTextInBrightColors: true,
        scrollOnUserInput: false,
        allowTransparency: false,
        linkHandler: {
            activate: (_, text) => {
                const address = addressOf(text);
                if (address !== undefined) onLink(address);
            },
        },
    });
    keepMouse(term.parser, (data) => term.write(data));
    const fit = new FitAddon();
    term.loadAddon(fit);
    term.open(element);
    term.textarea?.setAttribute('aria-label', 'Terminal output, read-only. Arrow keys and Page Up and Down scroll.');
    term.textarea?.setAttribute('readonly', '');
    term.attachCustomKeyEventHandler((event) => {
        if (event.type === 'keydown') scrollBy(term, event);
        return false; // nothing is typed here, and Tab and Esc are the page's
    });
    const scrolled = () => onScroll(term.buffer.active.viewportY < term.buffer.active.baseY);
    const listening = [term.onScroll(scrolled), term.onWriteParsed(scrolled)];
    element.addEventListener('wheel', scrolled, { passive: true });
    element.addEventListener('scroll', scrolled, { capture: true, passive: true });
    const resized = new ResizeObserver(() => fitRows(term, fit, element));
    resized.observe(element);
    return {
        term,
        dispose: () => {
            resized.disconnect();
            element.removeEventListener('wheel', scrolled);
            element.removeEventListener('scroll', scrolled, { capture: true });
            for (const listener of listening) listener.dispose();
            term.dispose();
        },
    };
}

// The program believes in so many columns: the font is made to fit them; below what is legible one scrolls sideways.
function fitRows(term: Terminal, fit: FitAddon, element: HTMLElement): void {
    const before = fit.proposeDimensions();
    if (!before || !Number.isFinite(before.cols) || before.cols < 2) return;
    const size = fontSizeFor(element.clientWidth, term.options.fontSize!, before.cols);
    if (size !== term.options.fontSize) term.options.fontSize = size;
    const rows = fit.proposeDimensions()?.rows ?? before.rows;
    const follows = term.buffer.active.viewportY >= term.buffer.active.baseY;
    term.resize(COLUMNS, Math.max(2, rows));
    if (follows) term.scrollToBottom();
}

function scrollBy(term: Terminal, event: KeyboardEvent): void {
    const lines = { ArrowUp: -1, ArrowDown: 1, PageUp: -term.rows + 1, PageDown: term.rows - 1 }[event.key];
    if (lines !== undefined) term.scrollLines(lines);
    else if (event.key === 'Home') term.scrollToTop();
    else if (event.key === 'End') term.scrollToBottom();
    else return;
    event.preventDefault();
    event.stopPropagation();
}
