import type { MissedOfAgent } from './missed';
import type { Route } from './route';

export interface Badge {
  title: string;
  icon: '/icon.svg' | '/icon-news.svg' | '/icon-failed.svg';
}

const COUNT_MAX = 99;

/** What the browser's tab says: where one is, and how many agents have something that nobody has seen. */
export function badgeOf(route: Route, missed: ReadonlyMap<string, MissedOfAgent>): Badge {
  const where =
    route.view === 'wall' ? 'Wall · Realtime' : route.agent === undefined ? 'Realtime' : `${route.agent} · Realtime`;
  if (missed.size === 0) return { title: where, icon: '/icon.svg' };
  const count = missed.size > COUNT_MAX ? `${COUNT_MAX}+` : String(missed.size);
  const isFailed = [...missed.values()].some(({ failed }) => failed.length > 0);
  return { title: `(${count}) ${where}`, icon: isFailed ? '/icon-failed.svg' : '/icon-news.svg' };
}
