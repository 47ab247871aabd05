import { RealtimeError } from './errors.js';

/** Where a terminal is to begin: `start`, `tail:<bytes>`, an offset, or `<offset>.<epoch>`. */
export type TerminalFrom = 'start' | `tail:${number}` | number | (string & {});

/** The byte that comes next, in one life of the terminal. Offsets stay below 2^53: eight petabytes. */
export class TerminalPosition {
  private next: { offset: number; epoch: string } | undefined;

  /** `<offset>.<epoch>`; undefined before the server has said where it begins. */
  get text(): string | undefined {
    return this.next && `${this.next.offset}.${this.next.epoch}`;
  }

  get offset(): number | undefined {
    return this.next?.offset;
  }

  get epoch(): string | undefined {
    return this.next?.epoch;
  }

  /** What `subscribed` says counts once: afterwards only bytes and gaps move it. */
  begin(offset: number, epoch: string): void {
    this.next ??= { offset, epoch };
  }

  /** After a gap: `<offset>.<epoch>`. */
  move(resumesAt: string): void {
    const match = /^(\d+)\.([a-z0-9]{6})$/.exec(resumesAt);
    if (!match) throw new RealtimeError('protocol', 'a gap of a terminal resumes nowhere');
    this.next = { offset: Number(match[1]), epoch: match[2]! };
  }

  /** What of these bytes is new; throws `protocol` if there is a hole before them. */
  accept(offset: number, epoch: string, data: Uint8Array): { offset: number; data: Uint8Array } {
    const next = (this.next ??= { offset, epoch });
    if (epoch !== next.epoch || offset > next.offset)
      throw new RealtimeError('protocol', `bytes came at ${offset}.${epoch}, but ${next.offset}.${next.epoch} is next`);
    const had = Math.min(data.length, next.offset - offset);
    const fresh = { offset: offset + had, data: had === 0 ? data : data.subarray(had) };
    next.offset = Math.max(next.offset, offset + data.length);
    return fresh;
  }
}
