import { signal } from '@preact/signals';
import type { Gap } from '@realtime/client';
import { gapText } from './format';
import { placeOf } from './events';
import type { Hole } from './timeline';

export interface Notice {
  key: string;
  text: string;
}

const NOTICES_MAX = 4;
const HOLES_MAX = 200;

/** A gap as a hole of a timeline; its partition says which agents it may concern. */
export interface StreamHole extends Hole {
  partition: number;
}

export function holeOf(gap: Gap): StreamHole {
  const resumes = placeOf(gap.resumesAt);
  return {
    key: `gap ${gap.after} ${gap.resumesAt}`,
    partition: gap.partition,
    missing: gap.missing,
    reason: gap.reason,
    at: resumes?.ms ?? 0,
  };
}

/** What viewers must be told and can dismiss, and the holes to be shown in timelines. */
export class Notices {
  readonly shown = signal<readonly Notice[]>([]);
  private holes: StreamHole[] = [];

  /** Tells of gaps, all that were noticed together in one notice; the holes that are new. */
  tell(gaps: readonly Gap[]): StreamHole[] {
    const fresh = gaps.map(holeOf).filter((hole) => !this.holes.some((known) => known.key === hole.key));
    if (fresh.length === 0) return [];
    this.holes = [...this.holes, ...fresh].slice(-HOLES_MAX);
    const counted = fresh.every((hole) => hole.missing !== undefined);
    const missing = counted ? fresh.reduce((sum, hole) => sum + (hole.missing ?? 0), 0) : undefined;
    const reason = fresh.some((hole) => hole.reason === 'epoch') ? 'epoch' : fresh[0]!.reason;
    this.add({ key: fresh[0]!.key, text: `${gapText(missing, reason)}. What is shown may lack them.` });
    return fresh;
  }

  add(notice: Notice): void {
    const others = this.shown.peek().filter((known) => known.key !== notice.key);
    this.shown.value = [...others, notice].slice(-NOTICES_MAX);
  }

  dismiss(key: string): void {
    this.shown.value = this.shown.peek().filter((notice) => notice.key !== key);
  }

  /** The holes in the stream that an agent's events are in. */
  holesOf(partition: number | undefined): StreamHole[] {
    return this.holes.filter((hole) => hole.partition === partition);
  }
}
