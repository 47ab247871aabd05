import { signal } from '@preact/signals';
import type { Gap } from '@realtime/client';
import { gapText } from './format';
import { placeOf } from './events';
import type { Hole } from './timeline';

export interface Notice {
  key: string;
  text: string;
}

const HOLES_MAX = 200;
const GAP = 'gap';

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
  /** Those that nobody has dismissed: one notice tells of all. */
  private told: StreamHole[] = [];

  /** Tells of gaps; the holes that are new. */
  tell(gaps: readonly Gap[]): StreamHole[] {
    const fresh = gaps.map(holeOf).filter((hole) => !this.holes.some((known) => known.key === hole.key));
    if (fresh.length === 0) return [];
    this.holes = [...this.holes, ...fresh].slice(-HOLES_MAX);
    this.told = [...this.told, ...fresh].slice(-HOLES_MAX);
    const counted = this.told.every((hole) => hole.missing !== undefined);
    const missing = counted ? this.told.reduce((sum, hole) => sum + (hole.missing ?? 0), 0) : undefined;
    const reason = this.told.some((hole) => hole.reason === 'epoch') ? 'epoch' : this.told[0]!.reason;
    this.shown.value = [{ key: GAP, text: `${gapText(missing, reason)}. What is shown may lack them.` }];
    return fresh;
  }

  dismiss(key: string): void {
    if (key === GAP) this.told = [];
    this.shown.value = this.shown.peek().filter((notice) => notice.key !== key);
  }

  /** The holes in the stream that an agent's events are in. */
  holesOf(partition: number | undefined): StreamHole[] {
    return this.holes.filter((hole) => hole.partition === partition);
  }
}
