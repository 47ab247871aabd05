import { RealtimeError } from './errors.js';
import type { Producer } from './producer.js';
import type { PublishOutcome } from './publishError.js';

/** Groups that are remembered; beyond that all begin a new life, which costs nothing but their number. */
const GroupsMax = 10_000;
/** Most characters of events in doubt that are kept, for who gives them again. */
const DoubtMax = 4 * 1_024 * 1_024;

/** The numbers of a producer's events in one group. */
class Group {
  /** The number of the last event that is known to be stored; 0 = none of this life. */
  stored = 0;
  /**
   * Events behind that one which were sent under the next numbers, and nobody knows what became of them: other events
   * under these numbers would be taken for them, and be lost.
   */
  inDoubt: string[] = [];
  /** How many were before the present request. */
  inDoubtBefore = 0;

  constructor(public epoch: number) {}

  /** A new life, numbered from 1. Only one higher: a later start of this producer must stay ahead. */
  beginAnew(): void {
    this.epoch++;
    this.stored = 0;
    this.inDoubt = [];
  }
}

/** An event to be numbered. */
export interface Unnumbered {
  group: string;
  json: string;
}

/**
 * The numbers of one producer's events, group by group. A number is given to an event for good when it is stored; until
 * then every attempt gives the same, since what is stored of a group is always its beginning.
 */
export class ProducerNumbers {
  /** Why nothing is sent any more. */
  stale: RealtimeError | undefined;
  private groups = new Map<string, Group>();
  private epoch: number;

  constructor(private readonly producer: Producer) {
    this.epoch = producer.epoch;
  }

  /** Begins a call: what is in doubt from earlier ones is looked at. */
  begin(events: readonly Unnumbered[]): void {
    if (this.groups.size + events.length > GroupsMax) {
      for (const { epoch } of this.groups.values()) this.epoch = Math.max(this.epoch, epoch);
      this.epoch++;
      this.groups.clear();
    }
    const reached = new Map<Group, number>();
    const unfit = new Set<Group>();
    for (const { group: name, json } of events) {
      const group = this.group(name);
      const place = reached.get(group) ?? 0;
      reached.set(group, place + 1);
      if (place < group.inDoubt.length && group.inDoubt[place] !== json) unfit.add(group);
    }
    for (const group of unfit) group.beginAnew();
  }

  /** Ends a call: what it left in doubt is kept, but not without bounds. */
  end(): void {
    let size = 0;
    for (const group of this.groups.values()) {
      size += group.inDoubt.reduce((sum, json) => sum + json.length, 0);
      if (size > DoubtMax && group.inDoubt.length > 0) group.beginAnew();
    }
  }

  /** The events of one request, with their numbers. */
  number(events: readonly Unnumbered[]): string[] {
    const reached = new Map<Group, number>();
    return events.map(({ group: name, json }) => {
      const group = this.group(name);
      if (!reached.has(group)) group.inDoubtBefore = group.inDoubt.length;
      const place = reached.get(group) ?? 0;
      reached.set(group, place + 1);
      if (place >= group.inDoubt.length) group.inDoubt.push(json);
      const fields = {
        producer: this.producer.id,
        producer_epoch: group.epoch,
        producer_seq: group.stored + place + 1,
      };
      return `${json.slice(0, -1)},${JSON.stringify(fields).slice(1)}`;
    });
  }

  /** What became of one of them: the same, or that it is to be sent again. */
  take(event: Unnumbered, outcome: PublishOutcome): PublishOutcome {
    const group = this.group(event.group);
    if (!('error' in outcome)) {
      // The first event of a group, sent for the first time: what is there under its number is not it.
      const isUsed = outcome.duplicate && this.producer.isEpochGiven && group.stored === 0 && group.inDoubtBefore === 0;
      group.stored++;
      group.inDoubt.shift();
      return isUsed ? { error: this.usedBefore(group) } : outcome;
    }
    const { error } = outcome;
    if (error.code === 'producer_gap') {
      // The log has forgotten what it acknowledged: no number of this life goes on from there.
      if ((error.expected ?? 0) <= group.stored) group.beginAnew();
      return { error: { ...error, retry: true } };
    }
    if (!error.retry) {
      // Whatever came of earlier attempts, it would have been answered as stored.
      group.inDoubt = [];
      this.stopIfStale(error);
    }
    return outcome;
  }

  /** A request was refused as a whole: nothing of it was stored, but earlier attempts may have been. */
  refused(events: readonly Unnumbered[], error: RealtimeError): void {
    for (const { group: name } of events) {
      const group = this.group(name);
      group.inDoubt.length = Math.min(group.inDoubt.length, group.inDoubtBefore);
    }
    this.stopIfStale(error);
  }

  private group(name: string): Group {
    let group = this.groups.get(name);
    if (group === undefined) this.groups.set(name, (group = new Group(this.epoch)));
    return group;
  }

  private usedBefore({ epoch }: Group): { code: string; detail: string; retry: boolean } {
    const detail = `producer ${this.producer.id} has published in epoch ${epoch} before: give each start a higher one`;
    return { code: 'conflict', detail, retry: false };
  }

  private stopIfStale({ code, detail }: { code: string; detail: string }): void {
    if (code === 'stale_producer') this.stale ??= new RealtimeError(code, detail, { status: 409 });
  }
}
