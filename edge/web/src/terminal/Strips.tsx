import { CloseIcon } from '../components/Icon';
import { bytes } from '../model/format';
import type { Downloading } from './downloading';

/** A link's text may say anything: one sees where it leads before it is followed. */
export function LinkStrip({ address, close }: { address: string; close: () => void }) {
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

/** How far the download is, or how it went. */
export function DownloadStrip({ downloading }: { downloading: Downloading }) {
    const state = downloading.state.value;
    if (state === undefined) return null;
    return (
        <p
            class="terminal-strip"
            role={state.kind === 'failed' ? 'alert' : 'status'}
            data-testid="download-state"
            data-state={state.kind}
        >
            {state.kind === 'running' && (
                <>
                    <span>
                        Downloading: {bytes(state.progress.done)}
                        {state.progress.total > 0 && ` of ${bytes(state.progress.total)}`}
                    </span>
                    <progress
                        aria-label="Download"
                        value={state.progress.total > 0 ? state.progress.done / state.progress.total : undefined}
                    />
                </>
            )}
            {state.kind === 'done' && <span>{state.words}</span>}
            {state.kind === 'failed' && (
                <>
                    <span>The download failed: {state.detail}</span>
                    <button type="button" class="terminal-button" onClick={() => void downloading.start()}>
                        Try again
                    </button>
                </>
            )}
            <button type="button" class="terminal-button" onClick={() => downloading.dismiss()}>
                {state.kind === 'running' ? 'Cancel' : 'Dismiss'}
            </button>
        </p>
    );
}
