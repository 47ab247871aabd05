import { onAbort } from './abort.js';
import type { Clock } from './environment.js';
import { RealtimeError } from './errors.js';

/** A signal that is aborted after a time, or with another signal; `clear` it, or its timer stays. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: unknown;
  private readonly offs: readonly (() => void)[];
  isOver = false;

  constructor(
    private readonly clock: Clock,
    ms: number,
    parents: readonly (AbortSignal | undefined)[] = [],
  ) {
    const forward = () => {
      const parent = parents.find((one) => one?.aborted);
      this.controller.abort(parent?.reason);
    };
    this.timer = clock.setTimeout(() => {
      this.isOver = true;
      this.controller.abort(new RealtimeError('timeout', `no answer within ${ms} ms`, { retry: true }));
    }, ms);
    this.offs = parents.flatMap((parent) => (parent === undefined ? [] : [onAbort(parent, forward)]));
    if (parents.some((parent) => parent?.aborted)) forward();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  clear(): void {
    this.clock.clearTimeout(this.timer);
    for (const off of this.offs) off();
  }
}

/** The promise, or the signal's reason if that comes first. */
export function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {});
    return Promise.reject(signal.reason);
  }
  return new Promise<T>((resolve, reject) => {
    const off = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(off);
  });
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  let timer: unknown;
  const waiting = new Promise<void>((resolve) => (timer = clock.setTimeout(resolve, ms)));
  return withSignal(waiting, signal).finally(() => clock.clearTimeout(timer));
}
