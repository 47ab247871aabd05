/**
 * The server's clock, as far as known: each of its times is a little older when it gets here, so the one that was
 * fastest is nearest to the truth. A new connection may be another server, and begins anew.
 */
export class ServerClock {
  private offset: number | undefined;

  constructor(private readonly local: () => number) {}

  now(): number {
    return this.local() + (this.offset ?? 0);
  }

  /** `welcome` told the time. */
  welcome(time: number): void {
    this.offset = time - this.local();
  }

  /** Something was sent at this time, by the server of this connection. */
  hear(time: number): void {
    const offset = time - this.local();
    if (this.offset !== undefined && offset > this.offset) this.offset = offset;
  }
}
