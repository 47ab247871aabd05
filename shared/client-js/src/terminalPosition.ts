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
    check(offset, 0, epoch);
    this.next ??= { offset, epoch };
  }

  /** After a gap: `<offset>.<epoch>`. */
  move(resumesAt: string): void {
    const [, offset, epoch] = /^(\d+)\.([^.]*)$/.exec(resumesAt) ?? [];
    if (offset === undefined) throw new RealtimeError('protocol', 'a gap of a terminal resumes nowhere');
    check(Number(offset), 0, epoch!);
    this.next = { offset: Number(offset), epoch: epoch! };
  }

  /** What of these bytes is new; throws `protocol` if there is a hole before them. */
  accept(offset: number, epoch: string, data: Uint8Array): { offset: number; data: Uint8Array } {
    check(offset, data.length, epoch);
    const next = (this.next ??= { offset, epoch });
    if (epoch !== next.epoch || offset > next.offset)
      throw new RealtimeError('protocol', `bytes came at ${offset}.${epoch}, but ${next.offset}.${next.epoch} is next`);
    const had = Math.min(data.length, next.offset - offset);
    const fresh = { offset: offset + had, data: had === 0 ? data : data.subarray(had) };
    next.offset = Math.max(next.offset, offset + data.length);
    return fresh;
  }
}

/** A place, so many bytes before another: both exact, which numbers are below 2^53. */
function check(offset: unknown, length: number, epoch: unknown): void {
  const isPlace = Number.isSafeInteger(offset) && (offset as number) >= 0;
  if (!isPlace || !Number.isSafeInteger((offset as number) + length))
    throw new RealtimeError('protocol', `a terminal has no byte ${String(offset)}`);
  if (typeof epoch !== 'string' || !/^[a-z0-9]{6}$/.test(epoch))
    throw new RealtimeError('protocol', 'a terminal has no such epoch');
}
