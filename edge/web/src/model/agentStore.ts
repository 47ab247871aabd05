import { batch, signal } from '@preact/signals';
import type { AgentEvent, Gap } from '@realtime/client';
import { Agent } from './agent';
import { byName } from './listing';
import type { StatusKind } from './status';

/** As long as the server keeps values by default: then it knows no more of an agent that ended. */
export const KEPT_MS = 24 * 3_600_000;

/** Runs `work` soon, once for each time it is asked; returns how to call it off. */
export type Schedule = (work: () => void) => () => void;

/** Before the next picture is drawn; a hidden page draws none, so there a timer stands in. */
export const onNextFrame: Schedule = (work) => {
  if (document.visibilityState === 'hidden') {
    const timer = setTimeout(work, 250);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(work);
  return () => cancelAnimationFrame(frame);
};

/**
 * All agents of the tenant. Events change plain objects at once and signals once per frame, so that hundreds of updates
 * a second cost as many redraws as there are frames, and only of the rows concerned.
 */
export class AgentStore {
  /** Changes when an agent comes, goes, or changes its status: what lists and counts depend on at once. */
  readonly shape = signal(0);
  private readonly byName = new Map<string, Agent>();
  private readonly dirty = new Set<Agent>();
  private scheduled: (() => void) | undefined;
  private cameOrWent = false;
  /** By name; made anew when agents have come or gone: to compare thousands of names costs more than all else. */
  private ordered: readonly Agent[] | undefined;
  /** Agents whose values are to come again, and have not. */
  private readonly unheard = new Set<string>();
  /** Delivery has just begun, or begun anew: what is lost now is lost for good, and its stream's values follow. */
  private beginning = false;

  constructor(
    private readonly now: () => number,
    private readonly schedule: Schedule = onNextFrame,
  ) {}

  get size(): number {
    return this.byName.size;
  }

  get(name: string): Agent | undefined {
    return this.byName.get(name);
  }

  /** In the order of their names. */
  all(): readonly Agent[] {
    return (this.ordered ??= [...this.byName.values()].sort((a, b) => byName(a.name, b.name)));
  }

  /** Takes any event; those of no agent don't concern it. */
  take(event: AgentEvent): void {
    this.beginning = false;
    if (event.agent === undefined) return;
    let agent = this.byName.get(event.agent);
    if (!agent) {
      agent = new Agent(event.agent);
      this.byName.set(event.agent, agent);
      this.come();
    }
    this.unheard.delete(event.agent);
    if (agent.take(event)) {
      this.dirty.add(agent);
    } else {
      this.byName.delete(event.agent);
      this.dirty.delete(agent);
      this.come();
    }
    this.scheduled ??= this.schedule(() => this.flush());
  }

  /** Titles of tasks, which are among no values: from history. Of agents that are known. */
  learnTitles(events: Iterable<AgentEvent>): void {
    for (const event of events) {
      const agent = event.agent === undefined ? undefined : this.byName.get(event.agent);
      if (agent?.learnTitle(event)) this.dirty.add(agent);
    }
    if (this.dirty.size > 0) this.scheduled ??= this.schedule(() => this.flush());
  }

  /** All that was told by agents that are not known, oldest first: as if it had come live. */
  learnAgents(events: Iterable<AgentEvent>): void {
    const { beginning } = this;
    const learned = new Set<string>();
    for (const event of events) {
      if (event.agent === undefined || (this.byName.has(event.agent) && !learned.has(event.agent))) continue;
      learned.add(event.agent);
      this.take(event);
    }
    this.beginning = beginning;
  }

  /** Delivery begins, or goes on after a break. */
  begin(): void {
    this.beginning = true;
  }

  /** All values will come: agents without one are gone. */
  expectAll(): void {
    for (const name of this.byName.keys()) this.unheard.add(name);
  }

  /**
   * Events of a stream are gone. If that is told as delivery begins, the latest values of this stream follow, and of no
   * other: agents of other streams stay though nothing is heard of them. A gap later on brings no values.
   */
  takeGap({ partition, missing }: Pick<Gap, 'partition' | 'missing'>): void {
    if (!this.beginning || missing === 0) return;
    for (const agent of this.byName.values()) {
      if (agent.partition === partition) this.unheard.add(agent.name);
    }
  }

  /** The values have come: who was to be among them and was not is no longer known to the server. */
  valuesComplete(): void {
    this.beginning = false;
    for (const name of this.unheard) this.byName.delete(name);
    if (this.unheard.size > 0) this.reshape();
    this.unheard.clear();
  }

  /** Forgets agents that ended so long ago that a new visitor would not see them. To be called now and then. */
  forgetOld(): void {
    const before = this.now() - KEPT_MS;
    const old = [...this.byName.values()].filter((agent) => agent.isOver(before));
    for (const agent of old) {
      this.byName.delete(agent.name);
      this.dirty.delete(agent);
    }
    if (old.length > 0) this.reshape();
  }

  /** How many agents have each status. */
  counts(): Map<StatusKind, number> {
    const counts = new Map<StatusKind, number>();
    for (const agent of this.byName.values()) {
      const kind = agent.view.peek().kind;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return counts;
  }

  /** The projects that agents were last told of in, by name. */
  projects(): string[] {
    const projects = new Set<string>();
    for (const agent of this.byName.values()) {
      const { project } = agent.view.peek();
      if (project !== undefined) projects.add(project);
    }
    return [...projects].sort(byName);
  }

  clear(): void {
    this.scheduled?.();
    this.scheduled = undefined;
    this.byName.clear();
    this.dirty.clear();
    this.unheard.clear();
    this.reshape();
  }

  private come(): void {
    this.cameOrWent = true;
    this.ordered = undefined;
  }

  private reshape(): void {
    this.ordered = undefined;
    this.shape.value++;
  }

  private flush(): void {
    this.scheduled = undefined;
    const now = this.now();
    let reshaped = this.cameOrWent;
    this.cameOrWent = false;
    batch(() => {
      for (const agent of this.dirty) {
        const before = agent.view.peek();
        const after = agent.draw(now);
        reshaped ||= before.kind !== after.kind;
        agent.view.value = after;
      }
      this.dirty.clear();
      if (reshaped) this.shape.value++;
    });
  }
}
