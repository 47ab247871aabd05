import { EventId } from './eventId.js';

/** Where a subscription stands: one position for each stream. The rules are those of PROTOCOL.md section 6. */
export class Cursor {
  private readonly positions = new Map<number, EventId>();

  static of(ids: Iterable<string>): Cursor {
    const cursor = new Cursor();
    cursor.adopt(parseAll(ids));
    return cursor;
  }

  /** Moves behind an event; false if it was had already and must be dropped. */
  take(id: EventId): boolean {
    const position = this.positions.get(id.partition);
    if (position && !id.isAfter(position)) return false;
    this.positions.set(id.partition, id);
    return true;
  }

  /** Takes positions over, but never moves one back within its epoch. */
  adopt(positions: Iterable<EventId>): void {
    for (const position of positions) this.take(position);
  }

  /** As `adopt`, and forgets the streams that are not named: what `subscribed` says is the whole. */
  replace(positions: readonly EventId[]): void {
    const named = new Set(positions.map((position) => position.partition));
    for (const partition of this.positions.keys()) if (!named.has(partition)) this.positions.delete(partition);
    this.adopt(positions);
  }

  /** The positions, in the order of the streams. */
  list(): EventId[] {
    return [...this.positions.values()].sort((a, b) => a.partition - b.partition);
  }

  /** Their texts, in the order of the streams. */
  toList(): string[] {
    return this.list().map(String);
  }
}

/** Throws `protocol` if one is no id. */
export function parseAll(ids: Iterable<string>): EventId[] {
  return Array.from(ids, (id) => EventId.parse(id));
}
