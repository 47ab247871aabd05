/** Below this a loop is faster than a call. */
const ShortCopy = 24;
const RunMask = 15;
const MatchMin = 4;

/**
 * The bytes of an LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md), which must be exactly so many;
 * undefined if they are more or fewer, or if the block is damaged. Made for bytes of anyone: whatever the block says,
 * nothing is read beyond it, and no more than `length` is written. How large that may be is for the caller to limit.
 */
export function decompressBlock(block: Uint8Array, length: number): Uint8Array | undefined {
  // A byte can say 255 at most: what could never be filled is not even allocated.
  if (length > block.length * 255) return undefined;
  const target = new Uint8Array(length);
  let read = 0;
  let written = 0;
  while (read < block.length) {
    const token = block[read++]!;

    let literals = token >> 4;
    if (literals === RunMask) {
      let more: number;
      do {
        if (read === block.length || literals > length) return undefined;
        literals += more = block[read++]!;
      } while (more === 255);
    }
    if (literals > block.length - read || literals > length - written) return undefined;
    if (literals > ShortCopy) target.set(block.subarray(read, read + literals), written);
    else for (let i = 0; i < literals; i++) target[written + i] = block[read + i]!;
    read += literals;
    written += literals;
    // A block ends behind literals, and nowhere else.
    if (read === block.length) return written === length ? target : undefined;

    if (block.length - read < 2) return undefined;
    const offset = block[read]! | (block[read + 1]! << 8);
    read += 2;
    let match = token & RunMask;
    if (match === RunMask) {
      let more: number;
      do {
        if (read === block.length || match > length) return undefined;
        match += more = block[read++]!;
      } while (more === 255);
    }
    match += MatchMin;
    if (offset === 0 || offset > written || match > length - written) return undefined;
    copyMatch(target, written, offset, match);
    written += match;
  }
  return undefined;
}

/**
 * A match may reach into what it writes: then what is between is repeated. With each copy there is twice as much to copy
 * from, so that a long run of one byte takes few.
 */
function copyMatch(target: Uint8Array, written: number, offset: number, length: number): void {
  const from = written - offset;
  const end = written + length;
  if (length <= ShortCopy) {
    for (let to = written; to < end; to++) target[to] = target[to - offset]!;
    return;
  }
  for (let to = written; to < end;) {
    const count = Math.min(end - to, to - from);
    target.copyWithin(to, from, from + count);
    to += count;
  }
}
