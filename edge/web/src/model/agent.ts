import { signal, type Signal } from '@preact/signals';
import type { AgentEvent } from '@realtime/client';
import { comparePlaces, fieldsOf, lossOf, numberOf, placeOf, textOf, type Place } from './events';
import { Progress } from './progress';
import { isEnded, kindOf, type StatusKind } from './status';

/** Types that are read as values, and what they say something of; producers may choose any others. */
const VALUE_TYPES: Readonly<Record<string, string>> = {
  'agent.status': 'status',
  'agent.lost': 'status',
  'task.lost': 'status',
  'agent.progress': 'progress',
  'budget.cost': 'cost',
};

/** There are seven of them, and maybe a few to come. */
const CHANNELS_MAX = 16;

/** What is shown of an agent; replaced whole, at most once per frame. */
export interface AgentView {
  status: string;
  kind: StatusKind;
  detail?: string;
  task?: string;
  /** What the task is about. */
  title?: string;
  step?: string;
  stepNumber?: number;
  steps?: number;
  percent?: number;
  endsAt?: number;
  usd?: number;
  usdTotal?: number;
  lastAt: number;
  /** The stream that its events are in: what a gap of a partition may concern. */
  partition?: number;
  /** The project that something was last told of it in. */
  project?: string;
}

/** One agent: takes its events in any order that the log and snapshots bring them, and tells what to show. */
export class Agent {
  readonly view: Signal<AgentView>;
  /** On which something was heard of it. */
  readonly channels = new Set<string>();
  private readonly progress = new Progress();
  private readonly newest = new Map<string, Place>(); // by what it says something of: what was said later stays
  private task: { name: string; place: Place } | undefined;
  /** State keys with a value: when the last one is deleted, nothing is known of the agent any more. */
  private readonly values = new Set<string>();
  private next: AgentView = { status: '', kind: 'other', lastAt: 0 };

  constructor(readonly name: string) {
    this.view = signal(this.next);
  }

  /** The stream that its last event was in. */
  get partition(): number | undefined {
    return this.next.partition;
  }

  /** Nothing more is to be expected of it since `ms`, and nothing was heard. */
  isOver(ms: number): boolean {
    return isEnded(this.next.kind) && this.next.lastAt < ms;
  }

  /** Takes an event of this agent; false if it deleted the last value: a snapshot would not have the agent. */
  take(event: AgentEvent): boolean {
    const place = placeOf(event.id) ?? { partition: 0, ms: event.appended, offset: 0, epoch: '' };
    this.next = { ...this.next, lastAt: Math.max(this.next.lastAt, place.ms), partition: place.partition };
    if (event.project !== undefined) this.next.project = event.project;
    if (this.channels.size < CHANNELS_MAX) this.channels.add(event.channel);
    this.followTask(event, place);
    this.learnTitle(event);
    // Of a task that it no longer works on: no word about the agent.
    if (event.type === 'task.lost' && event.task !== this.task?.name) return true;
    const says = VALUE_TYPES[event.type] ?? event.type;
    const known = this.newest.get(says);
    // A value of a snapshot may be older than what came live, and a replayed one than a snapshot's. What is said of its
    // task may stand in another stream.
    const isComparable = known && (known.epoch === place.epoch || known.partition !== place.partition);
    if (isComparable && comparePlaces(known, place) > 0) return true;
    if (event.type in VALUE_TYPES) this.newest.set(says, place);
    const isDeleted = event.stateKey !== undefined && event.payload === null;
    if (isDeleted) this.values.delete(event.stateKey!);
    else if (event.stateKey !== undefined) this.values.add(event.stateKey);
    switch (event.type) {
      case 'agent.status':
        this.takeStatus(event);
        break;
      case 'agent.progress':
        this.takeProgress(event, place);
        break;
      case 'budget.cost':
        this.takeCost(event);
        break;
      case 'agent.lost':
      case 'task.lost':
        this.next = { ...this.next, status: 'lost', kind: 'lost', detail: lossOf(event) };
        break;
    }
    return !isDeleted || this.values.size > 0;
  }

  /** Takes the title of its task, from any event that has it; false if it is of another task, or there is none. */
  learnTitle(event: AgentEvent): boolean {
    if (event.type !== 'task.started' || event.task === undefined || event.task !== this.task?.name) return false;
    const title = textOf(fieldsOf(event.payload).title);
    if (title === undefined || title === this.next.title) return false;
    this.next = { ...this.next, title };
    return true;
  }

  /** What is to be shown now. */
  draw(now: number): AgentView {
    const ended = isEnded(this.next.kind);
    const percent = this.progress.percent;
    return { ...this.next, percent, endsAt: ended ? undefined : this.progress.endsAt(now) };
  }

  private followTask(event: AgentEvent, place: Place): void {
    if (event.task === undefined) return;
    const tells = event.type === 'agent.status' || event.type === 'agent.progress' || event.type === 'task.started';
    if (!tells || this.task?.name === event.task) {
      if (this.task?.name === event.task && comparePlaces(place, this.task.place) > 0) this.task.place = place;
      return;
    }
    if (this.task && comparePlaces(place, this.task.place) < 0) return;
    this.task = { name: event.task, place };
    this.progress.follow(event.task);
    this.next = {
      ...this.next,
      task: event.task,
      title: undefined,
      step: undefined,
      stepNumber: undefined,
      steps: undefined,
      usd: undefined,
    };
  }

  private takeStatus(event: AgentEvent): void {
    const fields = fieldsOf(event.payload);
    const status = textOf(fields.status) ?? '';
    this.next = { ...this.next, status, kind: kindOf(status), detail: textOf(fields.detail) };
  }

  private takeProgress(event: AgentEvent, place: Place): void {
    if (event.task !== undefined && event.task !== this.task?.name) return; // of a task that is over
    const fields = fieldsOf(event.payload);
    if (event.payload === null) this.progress.reset();
    this.progress.take(numberOf(fields.percent), numberOf(fields.eta_ms), place.ms);
    this.next = {
      ...this.next,
      step: textOf(fields.step),
      stepNumber: numberOf(fields.step_number),
      steps: numberOf(fields.steps),
    };
  }

  private takeCost(event: AgentEvent): void {
    const fields = fieldsOf(event.payload);
    const ofTask = event.task === undefined || event.task === this.task?.name;
    this.next = {
      ...this.next,
      usd: ofTask ? numberOf(fields.usd) : this.next.usd,
      usdTotal: numberOf(fields.usd_total) ?? this.next.usdTotal,
    };
  }
}
