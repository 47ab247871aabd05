/** How quickly the smoothed rate forgets: after so long an old speed counts for a third. */
const MEMORY_MS = 20_000;
/** Ground for a guess: so many updates that moved the bar, over so long, and so far. */
const UPDATES_MIN = 3;
const WATCHED_MIN_MS = 4_000;
const MOVED_MIN = 2;
/** Without news for so long a guess is worth nothing any more. */
const SILENCE_MAX_MS = 60_000;
/** What an agent itself said about the time left holds for so long after it should have been over. */
const OVERDUE_MAX_MS = 2_000;

/**
 * Progress of one agent: a bar that never runs backwards within a task, and an estimate of the time left, from an
 * exponentially smoothed rate. What the agent says of the time left wins over the estimate.
 */
export class Progress {
  private task: string | undefined;
  private shown: number | undefined;
  private rate: number | undefined; // percent per ms
  private updates = 0;
  private firstAt = 0;
  private firstPercent = 0;
  private movedAt = 0;
  private newsAt = 0;
  private promisedEnd: number | undefined;

  /** 0 to 100; undefined before the task said anything. */
  get percent(): number | undefined {
    return this.shown;
  }

  /** Begins anew if this is another task. */
  follow(task: string | undefined): void {
    if (task === undefined || task === this.task) return;
    this.task = task;
    this.reset();
  }

  /** Nothing is known of how far it is: another task, or the value was deleted. */
  reset(): void {
    this.shown = undefined;
    this.rate = undefined;
    this.updates = 0;
    this.promisedEnd = undefined;
    this.newsAt = 0;
  }

  /** Takes what an agent said at `at` (ms since 1970). */
  take(percent: number | undefined, etaMs: number | undefined, at: number): void {
    this.newsAt = Math.max(this.newsAt, at);
    this.promisedEnd = etaMs === undefined || etaMs < 0 ? undefined : at + etaMs;
    if (percent === undefined) return;
    const wanted = Math.min(100, Math.max(0, percent));
    if (this.shown === undefined) {
      this.shown = this.firstPercent = wanted;
      this.firstAt = this.movedAt = at;
      return;
    }
    if (wanted <= this.shown || at <= this.movedAt) {
      this.shown = Math.max(this.shown, wanted);
      return;
    }
    this.learn((wanted - this.shown) / (at - this.movedAt), at - this.movedAt);
    this.shown = wanted;
    this.movedAt = at;
  }

  /** When the task ends, as far as can be told at `now`; undefined without ground for it. */
  endsAt(now: number): number | undefined {
    if (this.shown !== undefined && this.shown >= 100) return undefined;
    if (this.promisedEnd !== undefined) {
      return now > this.promisedEnd + OVERDUE_MAX_MS ? undefined : this.promisedEnd;
    }
    if (this.rate === undefined || this.rate <= 0 || this.shown === undefined) return undefined;
    const grounded =
      this.updates >= UPDATES_MIN &&
      this.movedAt - this.firstAt >= WATCHED_MIN_MS &&
      this.shown - this.firstPercent >= MOVED_MIN &&
      now - this.newsAt <= SILENCE_MAX_MS;
    if (!grounded) return undefined;
    const end = this.movedAt + (100 - this.shown) / this.rate;
    return end <= now ? undefined : end;
  }

  private learn(rate: number, over: number): void {
    this.updates++;
    // The share of the new rate grows with the time that it covers, so that bursts of updates weigh no more than one.
    const share = 1 - Math.exp(-over / MEMORY_MS);
    this.rate = this.rate === undefined ? rate : this.rate + share * (rate - this.rate);
  }
}
