import type { AgentEvent } from '@realtime/client';

let offset = 0;

/** An event as the SDK gives it; each later than the one before unless told otherwise. */
export function event(
  type: string,
  payload: unknown,
  more: Partial<AgentEvent> & { ms?: number; partition?: number } = {},
): AgentEvent {
  const { ms = 1_000 + offset, partition = 3, ...fields } = more;
  offset++;
  const channel = type.startsWith('task.') ? 'tasks' : type.startsWith('budget.') ? 'budget' : 'agents';
  return {
    id: `${partition}:${ms}-${offset}.abcdef`,
    channel,
    type,
    agent: 'a1',
    ts: ms,
    sent: ms,
    appended: ms,
    payload,
    ...fields,
  };
}

/** Collects what is scheduled, and runs it when told to. */
export class ManualFrames {
  private waiting: (() => void)[] = [];
  asked = 0;

  readonly schedule = (work: () => void) => {
    this.asked++;
    this.waiting.push(work);
    return () => (this.waiting = this.waiting.filter((other) => other !== work));
  };

  draw(): void {
    const work = this.waiting;
    this.waiting = [];
    for (const one of work) one();
  }
}
