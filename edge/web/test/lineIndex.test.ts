import { describe, expect, it } from 'vitest';
import { LineIndex } from '../src/terminal/lineIndex';

/** A buffer of lines, of which some are only wrapped, and a cursor at its end. */
class FakeBuffer {
  lines: { isWrapped: boolean }[] = [{ isWrapped: false }];
  readonly markers: { line: number; dispose(): void }[] = [];
  getLine = (y: number) => this.lines[y];
  mark = () => {
    const marker = { line: this.lines.length - 1, dispose: () => void (marker.line = -1) };
    this.markers.push(marker);
    return marker;
  };
  /** Lines of this text, each as many lines of the buffer as it takes at ten columns. */
  write(text: string): void {
    for (const part of text.split(/(?<=\n)/)) {
      const rows = Math.ceil(part.replace('\n', '').length / 10);
      for (let i = 1; i < rows; i++) this.lines.push({ isWrapped: true });
      if (part.endsWith('\n')) this.lines.push({ isWrapped: false });
    }
  }
  trim(count: number): void {
    this.lines.splice(0, count);
    for (const marker of this.markers) marker.line = marker.line < count ? -1 : marker.line - count;
  }
}

function written(...texts: string[]) {
  const buffer = new FakeBuffer();
  const index = new LineIndex();
  let offset = 100;
  for (const text of texts) {
    const data = new TextEncoder().encode(text);
    index.note(offset, data, buffer.mark);
    buffer.write(text);
    offset += data.length;
  }
  return { buffer, index, at: (line: number) => index.offsetAt(line, buffer) };
}

describe('where a line began', () => {
  it('is behind the line feed before it', () => {
    const { at } = written('one\ntwo\n', 'three\nfo', 'ur\nfive');
    expect([0, 1, 2, 3, 4].map(at)).toEqual([100, 104, 108, 114, 119]);
  });

  it('is not where it was only wrapped', () => {
    const { at } = written('a'.repeat(25) + '\nb\n');
    expect(at(3)).toBe(126); // three lines of the buffer, then b
  });

  it('is known of lines whose mark went with those above them', () => {
    const { buffer, at, index } = written('0\n1\n2\n3\n'.padEnd(8), '');
    index.note(9_000, new TextEncoder().encode('x\ny\n'), buffer.mark);
    buffer.write('x\ny\n');
    buffer.trim(2);
    expect([0, 1, 2, 3].map(at)).toEqual([104, 106, 9_000, 9_002]);
  });

  it('takes few marks for many small writes, and many lines', () => {
    const { buffer, at } = written(...Array.from({ length: 1_000 }, () => 'ab\n'));
    expect(buffer.markers.length).toBe(4);
    expect([0, 255, 256, 257, 999].map(at)).toEqual([100, 865, 868, 871, 3_097]);
  });

  it('is unknown of what was not written here', () => {
    const { index, at } = written();
    expect([at(0), index.end]).toEqual([undefined, undefined]);
  });
});
