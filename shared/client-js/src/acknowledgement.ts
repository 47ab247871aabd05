import type { Clock } from './environment.js';

/** Two acknowledgements are at least so far apart, ms, unless half of the window is open. */
const Pause = 50;

/** When a terminal's server is told what was consumed: after each message, but not more often than is of use. */
export class Acknowledgement {
  private told = 0;
  private consumed = 0;
  private toldAt = -Infinity;
  private timer: unknown;

  constructor(
    private readonly clock: Clock,
    private readonly send: (offset: number) => void,
  ) {}

  /** The server's window begins here. */
  begin(offset: number): void {
    this.stop();
    this.told = this.consumed = offset;
  }

  /** All before it was consumed. */
  take(offset: number, windowBytes: number): void {
    if (offset <= this.consumed) return;
    this.consumed = offset;
    const wait = this.toldAt + Pause - this.clock.now();
    // A clock that was set back must not hold it.
    if (offset - this.told >= windowBytes / 2 || wait <= 0 || wait > Pause) this.tell();
    else this.timer ??= this.clock.setTimeout(() => this.tell(), wait);
  }

  stop(): void {
    this.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private tell(): void {
    this.stop();
    this.told = this.consumed;
    this.toldAt = this.clock.now();
    this.send(this.consumed);
  }
}
