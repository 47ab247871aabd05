import { signal } from '@preact/signals';

/** How often the log is asked for while it is away: the server tells when it goes, not when it is back. */
export const PROBE_MS = 3_000;

/** Whether the server's log is away, so that nothing new comes though the connection stands. */
export class LogAway {
  readonly value = signal(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with each change: the answer to a question asked before says nothing any more. */
  private turn = 0;

  /** `read` reads from the log; it is rejected while that is away. */
  constructor(private readonly read: () => Promise<unknown>) {}

  /** What the server tells without being asked. */
  take(notice: { code: string }): void {
    if (notice.code !== 'log_unavailable') return;
    this.over();
    this.value.value = true;
    this.probeLater();
  }

  /** It is back, or the connection that it was told on is gone: another one will be told anew. */
  over(): void {
    clearTimeout(this.timer);
    this.turn++;
    this.value.value = false;
  }

  private probeLater(): void {
    const turn = this.turn;
    this.timer = setTimeout(() => {
      this.read().then(
        () => turn === this.turn && this.over(),
        () => turn === this.turn && this.probeLater(),
      );
    }, PROBE_MS);
  }
}
