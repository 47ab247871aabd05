import { useEffect, useRef } from 'preact/hooks';
import { app } from '../model/app';
import { CloseIcon } from './Icon';

const KEYS: readonly [string[], string][] = [
    [['/'], 'Search'],
    [['j', '↓'], 'Next agent'],
    [['k', '↑'], 'Previous agent'],
    [['Enter'], 'Open the agent'],
    [['Esc'], 'Clear the search, or back to the list'],
    [['v'], 'Pin the agent to the wall, or take it off'],
    [['g'], 'To the wall, and back'],
    [['?'], 'This help'],
];

const WALL_KEYS: readonly [string[], string][] = [
    [['1', '…', '9'], 'To this terminal'],
    [['Shift ← ↑ ↓ →'], 'To the one beside it'],
    [['m'], 'Maximise, show all'],
    [['<', '>'], 'Move it'],
    [['x'], 'Take it off'],
];

const TERMINAL_KEYS: readonly [string[], string][] = [
    [['↑', '↓', 'PgUp', 'PgDn', 'Home'], 'Scroll'],
    [['End'], 'Jump to live'],
    [['p'], 'Pause, go on'],
    [['f'], 'Search'],
    [['w'], 'Wrap lines'],
    [['+', '-', '0'], 'Text larger, smaller, as it fits'],
];

export function Help() {
    const dialog = useRef<HTMLDialogElement>(null);
    const open = app.helpOpen.value;
    useEffect(() => {
        if (open) dialog.current?.showModal();
        else dialog.current?.close();
    }, [open]);
    return (
        <dialog
            ref={dialog}
            class="help"
            aria-labelledby="help-title"
            data-testid="help"
            onClose={() => (app.helpOpen.value = false)}
        >
            <header>
                <h2 id="help-title">Keyboard</h2>
                <button
                    type="button"
                    class="icon-button"
                    aria-label="Close"
                    onClick={() => (app.helpOpen.value = false)}
                >
                    <CloseIcon />
                </button>
            </header>
            <Keys keys={KEYS} />
            <h3>In the terminal</h3>
            <Keys keys={TERMINAL_KEYS} />
            <h3>On the wall</h3>
            <Keys keys={WALL_KEYS} />
        </dialog>
    );
}

function Keys({ keys }: { keys: readonly [string[], string][] }) {
    return (
        <dl>
            {keys.map(([names, meaning]) => (
                <div key={meaning}>
                    <dt>{meaning}</dt>
                    <dd>
                        {names.map((name) => (
                            <kbd key={name}>{name}</kbd>
                        ))}
                    </dd>
                </div>
            ))}
        </dl>
    );
}
