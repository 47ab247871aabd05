/** Delays with full jitter: a random time between 0 and a bound that doubles for each retry in a row. */
export class Backoff {
  private retries = 0;

  constructor(
    private readonly delay: number,
    private readonly delayMax: number,
    private readonly random: () => number,
  ) {}

  /** The delay before the next retry, in ms: `atLeast` and jitter on top, or all who were told the same meet again. */
  next(atLeast = 0): number {
    return atLeast + this.random() * this.nextBound();
  }

  /** How long to send nothing after `pause`, in ms: half of the bound at least, so that it is a pause. */
  nextOfPressure(): number {
    return (this.nextBound() * (1 + this.random())) / 2;
  }

  /** Something succeeded: the row has ended. */
  reset(): void {
    this.retries = 0;
  }

  private nextBound(): number {
    // 2^30 is far beyond any bound; more would be Infinity one day.
    return Math.min(this.delayMax, this.delay * 2 ** Math.min(this.retries++, 30));
  }
}
