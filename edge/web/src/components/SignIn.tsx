import { useId } from 'preact/hooks';
import { app, type Lapse } from '../model/app';
import { Mark, WarningIcon } from './Icon';

const LAPSES: Record<Lapse, { title: string; words: string }> = {
    expired: {
        title: 'Your sign-in has run out',
        words: 'What is shown stays, but nothing new arrives. Paste a fresh token to go on where you were.',
    },
    'not-accepted': {
        title: 'This sign-in is not accepted any more',
        words:
            'The server may have been set up anew. Open the link that it printed when it started, or paste a fresh token. ' +
            'What is shown stays until then, but nothing new arrives.',
    },
};

/** Asks for a token: as a page of its own, or as a strip above what is shown when a sign-in has run out. */
export function SignIn({ lapse }: { lapse?: Lapse }) {
    return lapse ? (
        <div class="sign-in-again" role="alertdialog" aria-label={LAPSES[lapse].title} data-testid="sign-in-again">
            <div class="sign-in-words">
                <h2>{LAPSES[lapse].title}</h2>
                <p>{LAPSES[lapse].words}</p>
            </div>
            <SignInForm />
        </div>
    ) : (
        <main class="sign-in">
            <div class="card">
                <Mark />
                <h1>Sign in to Realtime</h1>
                <p class="faint">Paste a token that may read, or open the link that the server printed.</p>
                <SignInForm />
            </div>
            <p class="fine">
                The token stays in this browser. It is sent to <b>{location.host}</b> alone, never in an address.
            </p>
        </main>
    );
}

function SignInForm() {
    const id = useId();
    const problem = app.problem.value;
    const busy = app.busy.value;
    return (
        <form
            data-testid="sign-in-form"
            aria-busy={busy}
            onSubmit={(event) => {
                event.preventDefault();
                const form = new FormData(event.currentTarget);
                void app.signIn(String(form.get('token') ?? ''), form.get('keep') !== null);
            }}
        >
            <label class="field" for={`${id}-token`}>
                Token
            </label>
            <textarea
                id={`${id}-token`}
                name="token"
                rows={3}
                spellcheck={false}
                autocomplete="off"
                autocapitalize="off"
                placeholder="eyJhbGciOi…"
                data-testid="token"
                aria-invalid={problem !== undefined}
                aria-describedby={problem ? `${id}-problem` : undefined}
                onKeyDown={(event) => {
                    if (event.key !== 'Enter' || event.shiftKey) return;
                    event.preventDefault();
                    event.currentTarget.form?.requestSubmit();
                }}
            />
            {problem !== undefined && (
                <p class="problem" id={`${id}-problem`} role="alert" data-testid="sign-in-error">
                    <WarningIcon /> <span>{problem}</span>
                </p>
            )}
            <label class="check">
                <input type="checkbox" name="keep" data-testid="keep" defaultChecked={app.keepsToken()} /> Keep me
                signed in on this device
            </label>
            <button type="submit" class="button primary" disabled={busy} data-testid="sign-in">
                {busy ? 'Signing in…' : 'Sign in'}
            </button>
        </form>
    );
}
