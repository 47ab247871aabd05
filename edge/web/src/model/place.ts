import { batch, signal } from '@preact/signals';
import { NO_QUERY, type ListQuery } from './listing';
import { EMPTY_WALL, type WallState } from './panes';
import { hashOf, parseAddress, type Route } from './route';

/** Browsers refuse an address that changes with each letter that is typed. */
const SETTLE_MS = 300;
const KEY = 'realtime.wall';

/** Where the page stands, as the address says it: going somewhere is a step back for the browser, filtering is none. */
export class Place {
  readonly route = signal<Route>({});
  readonly query = signal<ListQuery>(NO_QUERY);
  readonly wall = signal<WallState>(EMPTY_WALL);
  private settling: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.wall.value = parseAddress(storage.getItem(KEY) ?? '').wall;
  }

  /** Reads the address. What is pinned stays pinned while one is elsewhere. */
  read(): void {
    const { route, query, wall } = parseAddress(location.hash);
    this.cancel();
    batch(() => {
      this.route.value = route;
      this.query.value = query;
      if (wall.panes.length > 0) this.keepWall(wall);
    });
  }

  hrefOf(route: Route): string {
    return hashOf(route, this.query.value, this.wall.value);
  }

  /** To be sent to others: one place, without the list's filter. */
  linkTo(route: Route): string {
    return location.origin + location.pathname + location.search + hashOf(route, NO_QUERY, this.wall.peek());
  }

  /** To the list as it is filtered now. */
  linkToList(): string {
    return location.origin + location.pathname + location.search + hashOf({}, this.query.peek());
  }

  go(route: Route): void {
    this.cancel();
    const hash = hashOf(route, this.query.peek(), this.wall.peek());
    if (location.hash !== hash) location.hash = hash;
  }

  choose(change: Partial<ListQuery>): void {
    this.query.value = { ...this.query.peek(), ...change };
    this.settle();
  }

  arrange(wall: WallState): void {
    this.keepWall(wall);
    if (this.route.peek().view === 'wall') this.settle();
  }

  /** Another filter of the timeline, at the same place. */
  refine(route: Route): void {
    this.route.value = route;
    this.settle();
  }

  /** Nothing of this is the next one's business. */
  forget(): void {
    this.query.value = NO_QUERY;
    this.keepWall(EMPTY_WALL);
    this.storage.removeItem(KEY);
  }

  private keepWall(wall: WallState): void {
    this.wall.value = wall;
    this.storage.setItem(KEY, hashOf({ view: 'wall' }, NO_QUERY, wall));
  }

  private settle(): void {
    this.cancel();
    this.settling = setTimeout(() => {
      const hash = hashOf(this.route.peek(), this.query.peek(), this.wall.peek());
      if (location.hash !== hash) history.replaceState(null, '', location.pathname + location.search + hash);
    }, SETTLE_MS);
  }

  private cancel(): void {
    clearTimeout(this.settling);
  }
}
