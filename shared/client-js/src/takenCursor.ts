import { Cursor } from './cursor.js';
import type { EventId } from './eventId.js';

/** What the application's taking of an item does to its cursor. */
export interface CursorStep {
  positions: readonly EventId[];
  /** Values of a snapshot are to follow: until they are complete the cursor stays. */
  hold?: boolean;
  /** The values are complete. */
  release?: boolean;
}

/**
 * What the application has taken, to be stored and given as `after`. While the values of a snapshot come it stays where
 * it stood: a process that ended in the middle and resumed behind it would be told that nothing was lost, and never get
 * the rest.
 */
export class TakenCursor {
  private readonly taken: Cursor;
  private held: string[] | undefined;

  constructor(after: readonly string[]) {
    this.taken = Cursor.of(after);
  }

  apply(step: CursorStep): void {
    if (step.hold) this.held ??= this.taken.toList();
    this.taken.adopt(step.positions);
    if (step.release) this.held = undefined;
  }

  toList(): string[] {
    return this.held ? [...this.held] : this.taken.toList();
  }

  /** Two steps as one; of use for steps without an item, which may be many while the application takes none. */
  static merge(older: CursorStep, newer: CursorStep): CursorStep {
    const merged = new Cursor();
    merged.adopt(older.positions);
    merged.adopt(newer.positions);
    return { positions: merged.list(), hold: (older.hold ?? false) || (newer.hold ?? false) };
  }
}
