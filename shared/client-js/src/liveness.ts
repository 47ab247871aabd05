import type { Clock } from './environment.js';

/**
 * Watches that something comes. After an interval of silence it asks; after another one without any answer the peer is
 * dead. It counts from the question, not from the last word: a browser may hold our timers back for minutes.
 */
export class Liveness {
  private timer: unknown;
  private heard: number;
  private asked = false;

  constructor(
    private readonly clock: Clock,
    private readonly interval: number,
    private readonly ask: () => void,
    private readonly dead: () => void,
  ) {
    this.heard = clock.now();
    this.arm(interval);
  }

  /** Something came. Costs no timer: those look back when they fire. */
  hear(): void {
    this.heard = this.clock.now();
    this.asked = false;
  }

  stop(): void {
    this.clock.clearTimeout(this.timer);
  }

  private arm(ms: number): void {
    this.timer = this.clock.setTimeout(() => this.look(), ms);
  }

  private look(): void {
    const silence = this.clock.now() - this.heard;
    if (this.asked) return this.dead();
    // A clock that was set back must not make this wait for long.
    if (silence < this.interval) return this.arm(Math.min(this.interval, this.interval - silence));
    this.asked = true;
    this.ask();
    this.arm(this.interval);
  }
}
