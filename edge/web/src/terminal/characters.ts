/** Bytes of a character that begins so, in UTF-8; 1 for what begins none: nothing is waited for behind it. */
function lengthOf(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 1;
}

const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;

/**
 * Messages of a terminal end anywhere, inside of characters too. What is incomplete is kept back here until the rest
 * of it comes, since xterm.js 6.0.0 loses some characters that are cut, such as dashes and quotes (E2 80 xx).
 */
export class WholeCharacters {
  private held: Uint8Array = new Uint8Array(0);

  /** What was kept back and these bytes, up to the end of the last whole character. Bytes that are no UTF-8 pass. */
  take(data: Uint8Array): Uint8Array {
    const all = this.held.length === 0 ? data : joined(this.held, data);
    const end = all.length - cutOff(all);
    this.held = all.slice(end);
    return end === all.length ? all : all.subarray(0, end);
  }

  /** What is kept back: nothing comes behind it any more. */
  rest(): Uint8Array {
    const { held } = this;
    this.forget();
    return held;
  }

  /** What follows does not go on where it was. */
  forget(): void {
    this.held = new Uint8Array(0);
  }
}

// How many bytes at the end belong to a character that is not all there: 3 at most.
function cutOff(bytes: Uint8Array): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count++) {
    const byte = bytes[bytes.length - count]!;
    if (!isContinuation(byte)) return lengthOf(byte) > count ? count : 0;
  }
  return 0;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
