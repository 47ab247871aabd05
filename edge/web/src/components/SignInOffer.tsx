import { useEffect, useRef } from 'preact/hooks';
import { app } from '../model/app';
import { WarningIcon } from './Icon';

/** Asks whether a link that was opened while somebody is signed in shall sign in anew. Escape and Enter keep the session. */
export function SignInOffer() {
    const dialog = useRef<HTMLDialogElement>(null);
    const open = app.offer.value !== undefined;
    useEffect(() => {
        if (open) dialog.current?.showModal();
        else dialog.current?.close();
    }, [open]);
    const { tenant, subject } = app.claims.value;
    const problem = app.problem.value;
    const busy = app.busy.value;
    return (
        <dialog
            ref={dialog}
            class="help offer"
            role="alertdialog"
            aria-labelledby="offer-title"
            aria-describedby="offer-words"
            data-testid="sign-in-offer"
            onCancel={(event) => {
                // The state closes it: an event that came after the next link would decline that one.
                event.preventDefault();
                app.declineOffer();
            }}
        >
            <h2 id="offer-title">Sign in anew by this link?</h2>
            <p id="offer-words">
                You are signed in as <b>{[tenant, subject].filter(Boolean).join(' / ') || 'somebody'}</b>. The link that
                you opened would sign you in anew, maybe as somebody else.
            </p>
            {open && problem !== undefined && (
                <p class="problem" role="alert" data-testid="offer-error">
                    <WarningIcon /> <span>{problem}</span>
                </p>
            )}
            <div class="offer-buttons">
                <button
                    type="button"
                    class="button primary"
                    autofocus
                    data-testid="offer-decline"
                    onClick={() => app.declineOffer()}
                >
                    Stay signed in
                </button>
                <button
                    type="button"
                    class="button"
                    disabled={busy}
                    data-testid="offer-accept"
                    onClick={() => void app.acceptOffer()}
                >
                    {busy ? 'Signing in…' : 'Sign in by the link'}
                </button>
            </div>
        </dialog>
    );
}
