import { describe, expect, it } from 'vitest';
import { textOf } from '../src/terminal/text';

const buffer = (...lines: [text: string, isWrapped?: boolean][]) => ({
  length: lines.length,
  getLine: (y: number) =>
    lines[y] && {
      isWrapped: lines[y][1] === true,
      translateToString: (trim?: boolean) => (trim ? lines[y]![0].trimEnd() : lines[y]![0]),
    },
});

describe('the text of a terminal', () => {
  it('has lines as they were written, without the blanks behind them', () => {
    expect(textOf(buffer(['one   '], [''], ['two']))).toBe('one\n\ntwo');
    expect(textOf(buffer(['one'], ['   '], ['   ']))).toBe('one\n');
    expect(textOf(buffer())).toBe('');
  });

  it('has one that was wrapped as one', () => {
    expect(textOf(buffer(['ab cd '], ['ef   ', true], ['gh']))).toBe('ab cd ef\ngh');
  });
});
