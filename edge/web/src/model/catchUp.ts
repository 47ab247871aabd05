import { RealtimeError, type AgentEvent, type Gap } from '@realtime/client';
import { placeOf } from './events';

export const PAGES_MAX = 5;
export const PAGE_EVENTS = 1_000;

/** What catching up needs of the client. */
export interface HistorySource {
  history(query: { after: string[]; limit: number }): Promise<{
    events: AgentEvent[];
    next: string[];
    gaps: Gap[];
    more: boolean;
  }>;
}

export interface CaughtUp {
  events: AgentEvent[];
  gaps: Gap[];
  /** There was more than is looked through. */
  truncated: boolean;
}

/** The events after `cursor` that were appended until `until` (ms): what came while the page was away. Bounded. */
export async function catchUp(source: HistorySource, cursor: string[], until: number): Promise<CaughtUp> {
  const events: AgentEvent[] = [];
  const gaps: Gap[] = [];
  let after = cursor;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await source.history({ after, limit: PAGE_EVENTS });
    gaps.push(...answer.gaps);
    const before = answer.events.filter((event) => (placeOf(event.id)?.ms ?? Infinity) <= until);
    events.push(...before);
    after = answer.next;
    if (!answer.more || (answer.events.length > 0 && before.length === 0)) return { events, gaps, truncated: false };
  }
  return { events, gaps, truncated: true };
}

/** Whether a cursor is no good, whoever asks and when: not so if it was the sign-in, or we that gave up. */
export function isRefused(failure: unknown): boolean {
  if (!(failure instanceof RealtimeError)) return true;
  const { code, status, retry } = failure;
  return !retry && code !== 'closed' && status !== 401 && status !== 403;
}
