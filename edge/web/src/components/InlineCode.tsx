import type { ComponentChildren } from 'preact';
import { codeParts } from '../model/format';

/** A text that may hold names in backticks, as agents write them: those are set as code, and nothing else is done to it. */
export function InlineCode({ text }: { text: string }): ComponentChildren {
    return codeParts(text).map(({ text: part, isCode }, i) => (isCode ? <code key={i}>{part}</code> : part));
}
