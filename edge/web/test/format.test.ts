import { describe, expect, it } from 'vitest';
import { codeParts, exactTime, timeLeft, timeToGo } from '../src/model/format';

describe('words', () => {
  it('tell the time left as a guess, also when little is left', () => {
    expect([41_000, 90_000, 4_000].map(timeToGo)).toEqual(['~45 s left', '~2 min left', '< 5 s left']);
    expect(timeLeft(4_000)).toBe('a few seconds');
  });

  it('tell a moment to the millisecond', () => {
    expect(exactTime(new Date(2026, 10, 21, 16, 2, 43, 120).getTime())).toMatch(/21 Nov 2026.*16:02:43[.,]120/);
  });

  it('have what stands in backticks as code, and leave all else as it is', () => {
    const shown = (text: string) =>
      codeParts(text)
        .map(({ text: part, isCode }) => (isCode ? `<${part}>` : part))
        .join('');
    expect(shown('step `test` ended, `a b`')).toBe('step <test> ended, <a b>');
    for (const text of ['', 'none', 'one ` alone', '``', 'over `two\nlines`']) expect(shown(text)).toBe(text);
  });
});
