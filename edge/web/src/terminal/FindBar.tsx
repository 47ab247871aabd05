import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { CloseIcon, DownIcon, SearchIcon, UpIcon } from '../components/Icon';
import type { Found, TerminalScreen } from './screen';

/** Searches what the terminal holds. Enter goes on, Shift and Enter back, Escape ends it. */
export function FindBar({ screen, close }: { screen: TerminalScreen; close: () => void }) {
    const input = useRef<HTMLInputElement>(null);
    const text = useSignal('');
    const exact = useSignal(false);
    const { count } = screen.found.value;
    useEffect(() => {
        input.current?.focus();
        return () => screen.find('', 'typed', false);
    }, [screen]);
    useSignalEffect(() => screen.find(text.value, 'typed', exact.value));
    const go = (way: 'next' | 'previous') => screen.find(text.peek(), way, exact.peek());
    return (
        <div
            class="terminal-strip find"
            role="search"
            aria-label="Search the terminal"
            onKeyDown={(event) => {
                if (event.key === 'Escape') close();
                else if (event.key === 'Enter' && event.target === input.current)
                    go(event.shiftKey ? 'previous' : 'next');
                else return;
                event.preventDefault();
                event.stopPropagation();
            }}
        >
            <SearchIcon />
            <input
                ref={input}
                type="text"
                aria-label="Search the terminal"
                placeholder="Search the terminal"
                spellcheck={false}
                autocomplete="off"
                data-testid="find-input"
                onInput={(event) => (text.value = event.currentTarget.value)}
            />
            <span class="find-count" role="status" data-testid="find-count">
                {countText(text.value, screen.found.value)}
            </span>
            <button
                type="button"
                class="terminal-tool"
                aria-pressed={exact.value}
                aria-label="Match upper and lower case"
                title="Match upper and lower case"
                data-testid="find-case"
                onClick={() => (exact.value = !exact.peek())}
            >
                Aa
            </button>
            <button
                type="button"
                class="terminal-tool"
                aria-label="Previous"
                title="Previous (Shift Enter)"
                disabled={count === 0}
                data-testid="find-previous"
                onClick={() => go('previous')}
            >
                <UpIcon />
            </button>
            <button
                type="button"
                class="terminal-tool"
                aria-label="Next"
                title="Next (Enter)"
                disabled={count === 0}
                data-testid="find-next"
                onClick={() => go('next')}
            >
                <DownIcon />
            </button>
            <button
                type="button"
                class="terminal-tool"
                aria-label="End the search"
                title="End the search (Esc)"
                data-testid="find-close"
                onClick={close}
            >
                <CloseIcon />
            </button>
        </div>
    );
}

// Beyond what is marked it is not known which one is shown.
function countText(text: string, { at, count, isMore }: Found): string {
    if (text === '') return '';
    if (count === 0) return 'nothing found';
    const all = `${count.toLocaleString('en')}${isMore ? '+' : ''}`;
    return at === 0 ? `${all} found` : `${at.toLocaleString('en')} of ${all}`;
}
