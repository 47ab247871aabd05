import { signal } from '@preact/signals';

/** A time without a connection, by the server's clock: what is shown stood still. */
export interface Outage {
  key: string;
  from: number;
  /** When delivery went on; undefined while it has not. */
  to?: number;
  reason?: string;
}

const OUTAGES_MAX = 100;

/** When this page was cut off, since it was opened; the oldest go. */
export class Outages {
  readonly all = signal<readonly Outage[]>([]);
  private count = 0;

  begin(from: number): void {
    if (this.present) return;
    this.all.value = [...this.all.peek(), { key: `outage ${this.count++}`, from }].slice(-OUTAGES_MAX);
  }

  /** Why, as soon as that is known: the first reason is the one that cut it off. */
  because(reason: string): void {
    const { present } = this;
    if (present && present.reason === undefined) this.replace({ ...present, reason });
  }

  end(to: number): void {
    const { present } = this;
    if (present) this.replace({ ...present, to: Math.max(to, present.from) });
  }

  private get present(): Outage | undefined {
    const last = this.all.peek().at(-1);
    return last?.to === undefined ? last : undefined;
  }

  private replace(last: Outage): void {
    this.all.value = [...this.all.peek().slice(0, -1), last];
  }
}
