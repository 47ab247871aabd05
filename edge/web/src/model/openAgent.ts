import { signal } from '@preact/signals';
import type { AgentEvent } from '@realtime/client';
import { comparePlaces, placeOf, type Place } from './events';
import { clockTime, dateTime } from './format';
import { behindOf, ENTRIES_MAX, READING_MAX, Timeline, type Hole, type Stretch } from './timeline';
import { onNextFrame, type Schedule } from './agentStore';

export const PAGE = 200;

/** To come to a time, pages are as long as the server makes them, and so many at most. */
const SEEK_PAGE = 1_000;
const SEEK_PAGES_MAX = 40;

/** What a link leads to: an event by its id, or the last one of a time (ms). */
export type Wanted = { event: string } | { at: number };

/** How it went. */
export type Sought =
  | { state: 'looking'; words: string }
  /** `words`: what is shown is not quite what was asked for, and why. */
  | { state: 'found'; id: string; words?: string }
  | { state: 'gone'; words: string };

interface LatestAnswer {
  events: AgentEvent[];
  before: string[];
  more: boolean;
}

/** What an open agent needs of the client. */
export interface LatestSource {
  latest(query: { agents: string[]; last: number; before?: string[] }): Promise<LatestAnswer>;
}

/** The agent whose details are shown: its timeline, filled from the log and kept up by what comes live. */
export class OpenAgent {
  readonly timeline = new Timeline();
  /** Changes with the timeline, at most once per frame. */
  readonly version = signal(0);
  readonly loading = signal(false);
  readonly problem = signal<string | undefined>(undefined);
  readonly hasOlder = signal(false);
  /** What of it was missed while away. */
  readonly missed = signal<Stretch | undefined>(undefined);
  /** What a link led to. */
  readonly sought = signal<Sought | undefined>(undefined);
  /** Somebody reads further down: the oldest are kept meanwhile, so that one gets on. */
  isReading = false;
  private before: string[] | undefined;
  /** What a link led to lies further back than what was read: between the two is more, and here it goes on. */
  private between: { before: string[]; down: Place } | undefined;
  private turn = 0;
  private first: Promise<void> | undefined;
  /** The newest were asked for while a page was on its way: it may lack them. */
  private again = false;
  private scheduled: (() => void) | undefined;
  private refreshing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly name: string,
    private source: LatestSource,
    private readonly schedule: Schedule = onNextFrame,
  ) {}

  /** Another connection, after a new sign-in. */
  reconnect(source: LatestSource): void {
    this.source = source;
    void this.load();
  }

  take(event: AgentEvent): void {
    if (event.agent === this.name && this.timeline.add([event]) > 0) {
      this.trim();
      this.changed();
    }
  }

  // Paging back goes on behind what went; of streams of which nothing went, where the server said.
  private trim(): void {
    const isWanted = this.isReading || this.between !== undefined || this.sought.peek() !== undefined;
    const behind = this.timeline.trim(isWanted ? READING_MAX : ENTRIES_MAX);
    if (behind.length === 0 || this.before === undefined) return;
    const streams = new Map([...this.before, ...behind].map((position) => [placeOf(position)?.partition, position]));
    this.before = [...streams.values()];
    this.hasOlder.value = true;
  }

  addHole(hole: Hole): void {
    this.timeline.addHole(hole);
    this.changed();
  }

  /** Loads the newest events; those that are there already stay. */
  load(): Promise<void> {
    const loading = this.read(undefined);
    this.first ??= loading;
    return loading;
  }

  /** Loads the page before the oldest one that was loaded. */
  loadOlder(): Promise<void> {
    return this.read(this.before);
  }

  /** Loads the page before the part that is read as a whole, until that meets what a link led to. */
  async loadBetween(): Promise<void> {
    const { between } = this;
    if (between === undefined || this.loading.peek()) return;
    const answer = await this.ask(between.before, SEEK_PAGE);
    if (answer !== undefined && this.between === between) this.takeBetween(answer, between);
  }

  private takeBetween(answer: LatestAnswer, between: { before: string[]; down: Place }): void {
    const oldest = answer.events.length > 0 ? placeOf(answer.events[0]!.id) : undefined;
    this.timeline.add(answer.events);
    if (!answer.more || (oldest && comparePlaces(oldest, between.down) <= 0)) {
      this.joinParts(answer);
    } else {
      this.between = { ...between, before: answer.before };
      if (oldest) this.timeline.setUnread(oldest);
    }
    this.changed();
  }

  /** Goes to what a link leads to; undefined: to nothing any more. Tells in `sought` how that went. */
  async seek(wanted: Wanted | undefined): Promise<void> {
    const turn = ++this.turn;
    if (wanted === undefined) {
      this.sought.value = undefined;
      return;
    }
    this.sought.value = { state: 'looking', words: 'Looking for it…' };
    await (this.first ?? this.load());
    if (turn !== this.turn) return;
    await ('event' in wanted ? this.seekEvent(wanted.event, turn) : this.seekTime(wanted.at, turn));
  }

  /** Some values were left out on the way (conflation): the log has them. */
  refreshSoon(): void {
    this.refreshing ??= setTimeout(() => {
      this.refreshing = undefined;
      void this.load();
    }, 1_000);
  }

  close(): void {
    this.turn++;
    clearTimeout(this.refreshing);
    this.scheduled?.();
  }

  // The place behind an event is exact in its own stream: one request tells whether it is still there.
  private async seekEvent(id: string, turn: number): Promise<void> {
    const place = placeOf(id);
    if (this.timeline.has(id)) {
      this.sought.value = { state: 'found', id };
      return;
    }
    const answer =
      place && (this.hasOlder.peek() || this.problem.peek()) ? await this.ask([behindOf(place)], PAGE) : null;
    if (turn !== this.turn) return;
    if (answer === undefined) {
      this.sought.value = { state: 'gone', words: 'The event could not be looked for: there is no answer.' };
    } else if (!place || answer?.events.at(-1)?.id !== id) {
      const when = place ? ` of ${dateTime(place.ms)}` : '';
      const words = `The event${when} is not there: it is no longer kept, or is of another agent.`;
      this.sought.value = { state: 'gone', words };
    } else {
      this.takePart(answer, place);
      this.changed();
      this.sought.value = { state: 'found', id };
    }
  }

  private takePart(answer: LatestAnswer, place: Place): void {
    this.leavePart();
    const top = this.timeline.all()[0]?.place;
    this.timeline.add(answer.events);
    if (this.before === undefined || !top || comparePlaces(place, top) >= 0) return;
    this.between = { before: this.before, down: place };
    this.timeline.setUnread(top);
    this.before = answer.before;
    this.hasOlder.value = answer.more;
  }

  // What an earlier link led to goes: there is one such part at a time.
  private leavePart(): void {
    if (this.between === undefined) return;
    const { before } = this.between;
    this.timeline.dropBelow(this.timeline.unread!);
    this.joinParts({ before, more: true });
  }

  private joinParts({ before, more }: Pick<LatestAnswer, 'before' | 'more'>): void {
    this.between = undefined;
    this.timeline.setUnread(undefined);
    this.before = before;
    this.hasOlder.value = more;
  }

  // The server keeps no index of times: one gets there page by page, as far as it goes.
  private async seekTime(at: number, turn: number): Promise<void> {
    this.leavePart();
    for (let page = 0; page < SEEK_PAGES_MAX && this.mayGoBack(at); page++) {
      const from = this.timeline.all()[0]?.place.ms;
      if (from !== undefined) this.sought.value = { state: 'looking', words: `Looking back: at ${clockTime(from)}` };
      await this.read(this.before, SEEK_PAGE);
      if (turn !== this.turn) return;
    }
    const all = this.timeline.all();
    const last = all.findLast((entry) => entry.place.ms <= at);
    if (last) this.sought.value = { state: 'found', id: last.event.id };
    else if (all.length === 0) this.sought.value = { state: 'gone', words: 'No events are kept of this agent.' };
    else {
      const oldest = all[0]!;
      const isAll = !this.hasOlder.peek();
      const words = `Nothing ${isAll ? 'is kept' : 'was found'} from before ${dateTime(oldest.place.ms)}.`;
      this.sought.value = { state: 'found', id: oldest.event.id, words };
    }
  }

  private mayGoBack(at: number): boolean {
    const oldest = this.timeline.all()[0];
    if (oldest && oldest.place.ms <= at) return false;
    return this.hasOlder.peek() && this.timeline.size < READING_MAX && this.problem.peek() === undefined;
  }

  private async read(before: string[] | undefined, last = PAGE): Promise<void> {
    if (this.loading.peek()) {
      this.again ||= before === undefined;
      return;
    }
    const answer = await this.ask(before, last);
    // It was asked for before a link led further back: now it is what lies between.
    if (answer && before && this.between?.before === before) this.takeBetween(answer, this.between);
    else if (answer) {
      this.timeline.add(answer.events);
      // A refresh of the newest leaves alone how far back one has come.
      if (before || this.before === undefined) {
        this.before = answer.before;
        this.hasOlder.value = answer.more;
      }
      this.changed();
    }
    if (this.again) {
      this.again = false;
      await this.load();
    }
  }

  private async ask(before: string[] | undefined, last: number): Promise<LatestAnswer | undefined> {
    this.loading.value = true;
    try {
      const answer = await this.source.latest({ agents: [this.name], last, ...(before && { before }) });
      this.problem.value = undefined;
      return answer;
    } catch (failure) {
      this.problem.value = failure instanceof Error ? failure.message : String(failure);
      return undefined;
    } finally {
      this.loading.value = false;
    }
  }

  private changed(): void {
    this.scheduled ??= this.schedule(() => {
      this.scheduled = undefined;
      this.version.value++;
    });
  }
}
