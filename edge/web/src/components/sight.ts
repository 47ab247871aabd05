import { signal, type Signal } from '@preact/signals';

const narrow = window.matchMedia('(max-width: 640px)');

/** There is room for one thing at a time. */
export const isNarrow: Signal<boolean> = signal(narrow.matches);
narrow.addEventListener('change', () => (isNarrow.value = narrow.matches));

/** The page is in the background. */
export const isAway: Signal<boolean> = signal(document.visibilityState === 'hidden');
document.addEventListener('visibilitychange', () => (isAway.value = document.visibilityState === 'hidden'));
