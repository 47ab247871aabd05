import { signal } from '@preact/signals';
import type { AgentEvent } from '@realtime/client';
import { placeOf } from './events';
import { ENTRIES_MAX, READING_MAX, Timeline, type Hole, type Stretch } from './timeline';
import { onNextFrame, type Schedule } from './agentStore';

export const PAGE = 200;

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
  /** Somebody reads further down: the oldest are kept meanwhile, so that one gets on. */
  isReading = false;
  private before: string[] | undefined;
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
    const behind = this.timeline.trim(this.isReading ? READING_MAX : ENTRIES_MAX);
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
    return this.read(undefined);
  }

  /** Loads the page before the oldest one that was loaded. */
  loadOlder(): Promise<void> {
    return this.read(this.before);
  }

  /** Some values were left out on the way (conflation): the log has them. */
  refreshSoon(): void {
    this.refreshing ??= setTimeout(() => {
      this.refreshing = undefined;
      void this.load();
    }, 1_000);
  }

  close(): void {
    clearTimeout(this.refreshing);
    this.scheduled?.();
  }

  private async read(before: string[] | undefined): Promise<void> {
    if (this.loading.peek()) {
      this.again ||= before === undefined;
      return;
    }
    this.loading.value = true;
    try {
      const answer = await this.source.latest({ agents: [this.name], last: PAGE, ...(before && { before }) });
      this.timeline.add(answer.events);
      // A refresh of the newest leaves alone how far back one has come.
      if (before || this.before === undefined) {
        this.before = answer.before;
        this.hasOlder.value = answer.more;
      }
      this.problem.value = undefined;
      this.changed();
    } catch (failure) {
      this.problem.value = failure instanceof Error ? failure.message : String(failure);
    } finally {
      this.loading.value = false;
    }
    if (this.again) {
      this.again = false;
      await this.load();
    }
  }

  private changed(): void {
    this.scheduled ??= this.schedule(() => {
      this.scheduled = undefined;
      this.version.value++;
    });
  }
}
