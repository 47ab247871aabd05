import { signal } from '@preact/signals';

/** The time by which ages and remaining times are shown: the server's clock as far as known, ticking once a second. */
export const clock = signal(Date.now());

let source: () => number = Date.now;

/** From now on `source` tells the time. */
export function setClock(next: () => number): void {
  source = next;
  clock.value = source();
}

export function now(): number {
  return source();
}

export function startClock(): void {
  setInterval(() => {
    if (document.visibilityState === 'visible') clock.value = source();
  }, 1_000);
  document.addEventListener('visibilitychange', () => (clock.value = source()));
}
