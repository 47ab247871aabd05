/** A line of xterm.js's buffer, wherever it moves to; -1 once it is gone. */
export interface LineMarker {
  readonly line: number;
  dispose(): void;
}

/** What of the buffer is needed to tell lines that were wrapped from those that were written. */
export interface BufferLines {
  getLine(y: number): { readonly isWrapped: boolean } | undefined;
}

interface Part {
  marker: LineMarker;
  offset: number;
  end: number;
  /** Behind each line feed: where the next line begins. */
  starts: number[];
}

const LINE_FEED = 10;
/** A marker costs something with each line that goes; so there are few, and lines are counted from them. */
const PART_LINES = 256;
const PARTS_MAX = 512;

/**
 * Which byte of a terminal a line began with. Exact for what is written line by line; where a program moves its cursor
 * about, it is a place near there.
 */
export class LineIndex {
  private parts: Part[] = [];

  /** These bytes are written now, from the cursor's line on, which `mark` marks. */
  note(offset: number, data: Uint8Array, mark: () => LineMarker | undefined): void {
    let part = this.parts[this.parts.length - 1];
    if (!part || part.end !== offset || part.starts.length >= PART_LINES) {
      const marker = mark();
      if (!marker) return;
      part = { marker, offset, end: offset, starts: [] };
      this.parts.push(part);
      if (this.parts.length > PARTS_MAX) this.parts.shift()!.marker.dispose();
    }
    for (let at = data.indexOf(LINE_FEED); at >= 0; at = data.indexOf(LINE_FEED, at + 1)) {
      part.starts.push(offset + at + 1);
    }
    part.end = offset + data.length;
  }

  /** The first byte of the line at this place of the buffer; undefined if nothing is known of it. */
  offsetAt(line: number, buffer: BufferLines): number | undefined {
    let before: Part | undefined; // its marker is gone with the lines above
    for (let i = this.parts.length - 1; i >= 0; i--) {
      const part = this.parts[i]!;
      if (part.marker.line < 0) {
        before = part;
        break;
      }
      if (part.marker.line <= line) return startOf(part, linesBetween(part.marker.line, line, buffer));
    }
    if (!before) return undefined;
    const next = this.parts[this.parts.indexOf(before) + 1];
    if (!next) return before.end;
    return startOf(before, before.starts.length - linesBetween(line, next.marker.line, buffer));
  }

  /** Where what is on the screen ends. */
  get end(): number | undefined {
    return this.parts.at(-1)?.end;
  }

  clear(): void {
    for (const { marker } of this.parts) marker.dispose();
    this.parts = [];
  }
}

function startOf({ offset, starts, end }: Part, count: number): number {
  return count <= 0 ? offset : (starts[count - 1] ?? end);
}

// Lines that begin behind the first and up to the second, not counting where one was only wrapped.
function linesBetween(from: number, to: number, buffer: BufferLines): number {
  let count = 0;
  for (let y = from + 1; y <= to; y++) if (buffer.getLine(y)?.isWrapped === false) count++;
  return count;
}
