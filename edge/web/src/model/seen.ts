import type { Place } from './events';
import type { MissedOfAgent, MissedRecord } from './missed';

/** What this device remembers of a viewer: up to where it has seen, and what it has not opened since. */
export interface SeenRecord {
  cursor: string[];
  at: number;
  unopened: MissedRecord;
}

const SAVE_MS = 2_000;

/** Keeps the record in the browser's storage, per tenant and subject; writes at most every two seconds. */
export class Seen {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pending: (() => SeenRecord | undefined) | undefined;

  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem'>,
    private readonly key: string,
  ) {}

  static keyOf(tenant: string, subject: string): string {
    return `realtime.seen:${tenant}/${subject}`;
  }

  load(): SeenRecord | undefined {
    try {
      const record: unknown = JSON.parse(this.storage.getItem(this.key) ?? 'null');
      return isRecord(record) ? record : undefined;
    } catch {
      return undefined; // storage is closed to us, or holds what an older page wrote
    }
  }

  /** Saves soon what `record` says then. */
  save(record: () => SeenRecord | undefined): void {
    this.pending = record;
    this.timer ??= setTimeout(() => this.flush(), SAVE_MS);
  }

  /** Saves at once what is waiting: the page may be gone in a moment. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const record = this.pending?.();
    this.pending = undefined;
    if (!record) return;
    try {
      this.storage.setItem(this.key, JSON.stringify(record));
    } catch {
      // A full or closed storage costs the mark of what was missed, nothing else.
    }
  }

  /** Forgets what is waiting, and saves nothing. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending = undefined;
  }
}

function isRecord(value: unknown): value is SeenRecord {
  return (
    isObject(value) &&
    isTexts(value.cursor) &&
    typeof value.at === 'number' &&
    isObject(value.unopened) &&
    Object.values(value.unopened).every(isMissed)
  );
}

function isMissed(value: unknown): value is MissedOfAgent {
  return (
    isObject(value) &&
    typeof value.count === 'number' &&
    isTexts(value.finished) &&
    isTexts(value.failed) &&
    (value.stopped === undefined || isTexts(value.stopped)) &&
    isPlace(value.from) &&
    isPlace(value.to)
  );
}

function isPlace(value: unknown): value is Place {
  return (
    isObject(value) &&
    [value.partition, value.ms, value.offset].every((part) => typeof part === 'number') &&
    typeof value.epoch === 'string'
  );
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
