import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { CopyIcon } from './Icon';

const SAID_MS = 2_000;

interface CopyButtonProps {
    /** What is copied, asked for when it is. */
    text: () => string;
    /** What it copies, as in "Copy …"; the icon alone if it is not to be written out. */
    what: string;
    icon?: boolean;
    /** Another picture than that of copying. */
    picture?: ComponentChildren;
    /** What stands on it; "Copy" if left out. */
    says?: string;
    class: string;
    testId: string;
}

/** Copies a text, and says whether that went well. */
export function CopyButton({ text, what, icon = false, picture, says, class: name, testId }: CopyButtonProps) {
    const [said, setSaid] = useState<'copied' | 'failed' | undefined>(undefined);
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
    useEffect(() => () => clearTimeout(timer.current), []);
    const copy = async () => {
        // Not there at all on pages without a secure connection.
        const outcome = await (navigator.clipboard?.writeText(text()) ?? Promise.reject()).then(
            () => 'copied' as const,
            () => 'failed' as const,
        );
        setSaid(outcome);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setSaid(undefined), SAID_MS);
    };
    const words = said === 'copied' ? 'Copied' : said === 'failed' ? 'Could not copy' : undefined;
    return (
        <button
            type="button"
            class={name}
            aria-label={words ?? `Copy ${what}`}
            title={`Copy ${what}`}
            data-testid={testId}
            data-said={said}
            onClick={() => void copy()}
        >
            {icon && words === undefined ? (picture ?? <CopyIcon />) : (words ?? says ?? 'Copy')}
        </button>
    );
}
