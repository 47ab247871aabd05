import type { StatusKind } from '../model/status';

const LABELS: Record<Exclude<StatusKind, 'other'>, string> = {
  working: 'Working',
  queued: 'Queued',
  waiting: 'Waiting',
  done: 'Done',
  failed: 'Failed',
  stopped: 'Stopped',
  lost: 'Lost',
};

/** The word for a status; a producer's own word stays as it is. */
export function statusLabel(kind: StatusKind, status: string): string {
  if (kind !== 'other') return LABELS[kind];
  return status === '' ? 'No status' : status;
}
