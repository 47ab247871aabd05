/**
 * What is wrong with the names of an object's fields: a misspelt one would be as if it were not there. One text for each
 * that is unknown, with the nearest known one.
 */
export function unknownKeys(given: object | undefined, known: readonly string[], prefix = ''): string[] {
  if (given === undefined || given === null) return [];
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const near = nearest(key, known);
      return near === undefined
        ? `${prefix}${key} is unknown; known are ${known.join(', ')}`
        : `${prefix}${key} is unknown: did you mean ${prefix}${near}?`;
    });
}

/** Throws a `TypeError` if an object has unknown fields. */
export function checkKeys(what: string, given: object | undefined, known: readonly string[]): void {
  const wrong = unknownKeys(given, known);
  if (wrong.length > 0) throw new TypeError(`${what}: ${wrong.join('; ')}`);
}

/** The one that takes the fewest changes, if that is no more than every third letter, or just its end is missing. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, changes: distance(plain(key), plain(name)) }))
    .filter(({ name, changes }) => {
      const isBegun = key.length > 2 && plain(name).startsWith(plain(key));
      return isBegun || changes <= Math.max(1, Math.floor(plain(name).length / 3));
    })
    .sort((a, b) => a.changes - b.changes);
  return best?.name;
}

/** `state_key` is meant as `stateKey`. */
function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/** Letters to put in, leave out or change (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
