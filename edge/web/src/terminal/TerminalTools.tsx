import { LargerIcon, SmallerIcon, WrapIcon } from '../components/Icon';
import { chooseLook, FONT_MAX, FONT_MIN, lookChoice, type Look } from './look';

const STEP = 1;

/** Letters larger or smaller; kept for all terminals of this browser. */
export function changeFont(look: Look, by: number): void {
    const fontSize = Math.min(FONT_MAX, Math.max(FONT_MIN, Math.round(look.fontSize) + by));
    chooseLook({ ...lookChoice.peek(), fontSize });
}

/** As it fits. */
export function resetLook(): void {
    chooseLook({});
}

/** How the text looks. */
export function LookTools({ look }: { look: Look }) {
    return (
        <>
            <button
                type="button"
                class="terminal-tool"
                aria-pressed={look.wrap}
                aria-label="Wrap long lines"
                title={
                    look.mayWrap
                        ? 'Wrap long lines. Programs that draw over what they wrote look right without it.'
                        : 'What draws the whole screen cannot be wrapped.'
                }
                disabled={!look.mayWrap}
                data-testid="terminal-wrap"
                onClick={() => chooseLook({ ...lookChoice.peek(), wrap: !look.wrap })}
            >
                <WrapIcon />
            </button>
            <button
                type="button"
                class="terminal-tool"
                aria-label="Smaller text"
                title="Smaller text (-)"
                disabled={look.fontSize <= FONT_MIN}
                data-testid="terminal-smaller"
                onClick={() => changeFont(look, -STEP)}
            >
                <SmallerIcon />
            </button>
            <button
                type="button"
                class="terminal-tool"
                aria-label="Larger text"
                title="Larger text (+); 0 for as it fits"
                disabled={look.fontSize >= FONT_MAX}
                data-testid="terminal-larger"
                onClick={() => changeFont(look, STEP)}
            >
                <LargerIcon />
            </button>
        </>
    );
}
