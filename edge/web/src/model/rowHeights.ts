/** Where each row begins, px, and behind the last one where the list ends. */
export function topsOf<T>(items: readonly T[], heightOf: (item: T) => number): Float64Array {
  const tops = new Float64Array(items.length + 1);
  for (let i = 0; i < items.length; i++) tops[i + 1] = tops[i]! + heightOf(items[i]!);
  return tops;
}

/** The row at this height: the first above the list, the last below it. */
export function rowAt(tops: Float64Array, y: number): number {
  let from = 0;
  let to = Math.max(0, tops.length - 2);
  while (from < to) {
    const middle = (from + to + 1) >> 1;
    if (tops[middle]! <= y) from = middle;
    else to = middle - 1;
  }
  return from;
}
