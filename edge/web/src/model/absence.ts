import type { AgentEvent } from '@realtime/client';

/** Hidden for less than this is a glance elsewhere, no absence. */
export const GLANCE_MS = 3_000;

/** What comes in a glance is kept aside, at most so many: an absence with more begins earlier. */
const ASIDE_MAX = 2_000;

/** Tells what comes while the page is hidden: all since it was, once that is more than a glance. */
export class Absence {
  private since: number | undefined;
  private aside: AgentEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly missed: { add(events: Iterable<AgentEvent>): void },
    private readonly now: () => number = Date.now,
  ) {}

  get isAway(): boolean {
    return this.since !== undefined;
  }

  begin(): void {
    if (this.since !== undefined) return;
    this.since = this.now();
    // What came by then is told though nothing comes after it: the browser's tab says so.
    this.timer = setTimeout(() => this.tell(), GLANCE_MS);
  }

  /** Takes an event that nobody sees if the page is hidden. */
  take(event: AgentEvent): void {
    if (this.since === undefined) return;
    this.aside.push(event);
    if (this.now() - this.since > GLANCE_MS || this.aside.length >= ASIDE_MAX) this.tell();
  }

  end(): void {
    clearTimeout(this.timer);
    if (this.since !== undefined && this.now() - this.since > GLANCE_MS) this.tell();
    this.aside = [];
    this.since = undefined;
  }

  private tell(): void {
    this.missed.add(this.aside);
    this.aside = [];
  }
}
