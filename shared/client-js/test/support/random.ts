/** A whole number from 0 up to, but not including, `below`. */
export type Random = (below: number) => number;

/** The same numbers for the same seed (mulberry32). */
export function random(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** New ones each day; their numbers stand in the names of the tests. */
export function seeds(count: number): number[] {
  const first = Math.floor(Date.now() / 86_400_000);
  return Array.from({ length: count }, (_, i) => first + i);
}

/** A few bytes changed, removed, inserted or repeated, so that fuzzing gets past a reader's first check. */
export function damage(bytes: Uint8Array, next: Random): Uint8Array {
  const list = [...bytes];
  for (let changes = next(4) + 1; changes > 0; changes--) {
    const at = next(list.length + 1);
    const kind = next(5);
    if (kind === 0) list[at] = (list[at] ?? 0) ^ (1 << next(8));
    else if (kind === 1) list[at] = next(256);
    else if (kind === 2) list.splice(at, next(8) + 1);
    else if (kind === 3) list.splice(at, 0, ...list.slice(at, at + next(8)));
    else list.splice(at, 0, next(256));
  }
  return Uint8Array.from(list);
}
