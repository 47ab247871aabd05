/** Statuses that PROTOCOL.md section 15 names; any other word is shown as it is, as `other`. */
export const KNOWN_STATUSES = ['failed', 'lost', 'waiting', 'working', 'queued', 'stopped', 'done'] as const;

export type KnownStatus = (typeof KNOWN_STATUSES)[number];
export type StatusKind = KnownStatus | 'other';

export function kindOf(status: string | undefined): StatusKind {
  return (KNOWN_STATUSES as readonly string[]).includes(status ?? '') ? (status as KnownStatus) : 'other';
}

/** Order of need: what a person should look at comes first. */
export function urgencyOf(kind: StatusKind): number {
  const place = (KNOWN_STATUSES as readonly string[]).indexOf(kind);
  return place < 0 ? 4.5 : place; // a word of the producer's own stands between queued and stopped
}

const ENDED: readonly StatusKind[] = ['done', 'failed', 'stopped', 'lost'];

/** Whether nothing more is to be expected of the current task. */
export function isEnded(kind: StatusKind): boolean {
  return ENDED.includes(kind);
}
