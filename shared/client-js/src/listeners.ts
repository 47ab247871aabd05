import { reportListenerError } from './report.js';

/** Callbacks by the name of what they listen to. One that throws disturbs neither the others nor the caller. */
export class Listeners<Events extends Record<string, readonly unknown[]>> {
  private readonly byName = new Map<keyof Events, Set<(...told: never[]) => unknown>>();

  /** Returns "off". */
  add<Name extends keyof Events>(name: Name, listener: (...told: Events[Name]) => unknown): () => void {
    const set = this.byName.get(name) ?? new Set();
    this.byName.set(name, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  has(name: keyof Events): boolean {
    return (this.byName.get(name)?.size ?? 0) > 0;
  }

  /** Returns a promise if a listener returned one: fulfilled when all have settled. */
  tell<Name extends keyof Events>(name: Name, ...told: Events[Name]): Promise<void> | undefined {
    const pending: PromiseLike<unknown>[] = [];
    for (const listener of [...(this.byName.get(name) ?? [])]) {
      try {
        const returned = (listener as (...told: Events[Name]) => unknown)(...told);
        if (isThenable(returned)) pending.push(returned.then(undefined, reportListenerError));
      } catch (error) {
        reportListenerError(error);
      }
    }
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
