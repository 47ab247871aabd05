import type { TerminalItem } from '@realtime/client';
import { describe, expect, it } from 'vitest';
import { feed, Gate } from '../src/terminal/feed';
import { BEFORE_BYTES, TerminalLink } from '../src/terminal/link';

const bytes = (offset: number, text: string): TerminalItem => ({
  kind: 'bytes',
  offset,
  data: new TextEncoder().encode(text),
});
const gap = (resumesAt: string, reason: string): TerminalItem => ({
  kind: 'gap',
  gap: { task: 't1', after: '0', resumesAt, reason },
});

async function follow(offset: number, ...items: TerminalItem[]) {
  const shown: string[] = [];
  let reveals = 0;
  const link = new TerminalLink(
    { offset, epoch: 'abcdef' },
    { mark: async () => void shown.push('<here>'), reveal: () => void reveals++ },
  );
  const write = async (data: Uint8Array | string) =>
    void (typeof data !== 'string' && data.length > 0 && shown.push(new TextDecoder().decode(data)));
  async function* all() {
    yield* items;
  }
  await feed(all(), { write, resize: async () => {} }, new Gate(), { began() {}, shown() {}, ended() {} }, link);
  return { text: shown.join(''), state: link.state.value, reveals };
}

describe('a link to a byte of a terminal', () => {
  it('begins some way before it', () => {
    const screen = { mark: async () => {}, reveal() {} };
    expect(new TerminalLink({ offset: 100_000, epoch: 'abcdef' }, screen).from).toBe(
      `${100_000 - BEFORE_BYTES}.abcdef`,
    );
    expect(new TerminalLink({ offset: 10 }, screen).from).toBe('0');
  });

  it('marks the place between the bytes before and behind it, wherever messages end', async () => {
    for (const items of [
      [bytes(0, 'one\ntwo\nthree')],
      [bytes(0, 'one\n'), bytes(4, 'two\nthree')],
      [bytes(0, 'on'), bytes(2, 'e\ntw'), bytes(6, 'o\nthree')],
    ]) {
      const { text, state, reveals } = await follow(4, ...items);
      expect([text, state]).toEqual(['one\n<here>two\nthree', 'shown']);
      expect(reveals).toBeGreaterThan(0);
    }
  });

  it('leaves out the rest of a line that it began in the middle of', async () => {
    expect((await follow(1_004, bytes(1_000, 'ne\ntwo\nthree'))).text).toBe(
      '<here>wo\nthree'.replace('<here>', 't<here>'),
    );
    expect((await follow(1_001, bytes(1_000, 'ne\ntwo'))).text).toBe('n<here>e\ntwo');
    expect((await follow(4, bytes(0, 'one\ntwo'))).text).toBe('one\n<here>two');
  });

  it('says what is gone, began anew, or is not there', async () => {
    expect((await follow(5, bytes(90, 'x'))).state).toBe('gone');
    expect((await follow(5, gap('90.abcdef', 'retention'), bytes(90, 'x'))).state).toBe('gone');
    expect((await follow(95, gap('90.abcdef', 'retention'), bytes(90, '12345678'))).state).toBe('shown');
    expect((await follow(5, gap('0.zzzzzz', 'epoch'), bytes(0, '0123456789'))).state).toBe('anew');
    expect((await follow(50, bytes(0, 'x'), { kind: 'end', exitCode: 0 })).state).toBe('ahead');
    expect((await follow(50, bytes(0, 'x'))).state).toBe('looking');
  });
});
