import { useEffect, useRef } from 'preact/hooks';
import { app } from '../model/app';
import { CloseIcon } from './Icon';

const KEYS: readonly [string[], string][] = [
    [['/'], 'Search'],
    [['j', '↓'], 'Next agent'],
    [['k', '↑'], 'Previous agent'],
    [['Enter'], 'Open the agent'],
    [['Esc'], 'Clear the search, or back to the list'],
    [['?'], 'This help'],
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
            <dl>
                {KEYS.map(([keys, meaning]) => (
                    <div key={meaning}>
                        <dt>{meaning}</dt>
                        <dd>
                            {keys.map((key) => (
                                <kbd key={key}>{key}</kbd>
                            ))}
                        </dd>
                    </div>
                ))}
            </dl>
        </dialog>
    );
}
