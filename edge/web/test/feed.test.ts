import type { TerminalItem } from '@realtime/client';
import { describe, expect, it, vi } from 'vitest';
import { feed, Gate } from '../src/terminal/feed';

const bytes = (offset: number, text: string): TerminalItem => ({
  kind: 'bytes',
  offset,
  data: new TextEncoder().encode(text),
});
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function setUp(items: TerminalItem[]) {
  const taken: number[] = [];
  const written: (Uint8Array | string)[] = [];
  const resolvers: (() => void)[] = [];
  const source = (async function* () {
    for (const [i, item] of items.entries()) {
      taken.push(i);
      yield item;
    }
  })();
  const screen = {
    write: (data: Uint8Array | string) => (written.push(data), new Promise<void>((resolve) => resolvers.push(resolve))),
    resize: async (cols: number, rows: number) => void written.push(`<${cols}x${rows}>`),
  };
  const events = { began: vi.fn(), shown: vi.fn(), ended: vi.fn() };
  const gate = new Gate();
  const text = () => written.map((data) => (typeof data === 'string' ? data : new TextDecoder().decode(data)));
  const shown = async () => (resolvers.shift()?.(), await turn());
  return { source, screen, events, gate, taken, text, shown };
}

describe('the feed of a terminal', () => {
  it('takes the next item only when the last is on the screen', async () => {
    const { source, screen, events, gate, taken, text, shown } = setUp([bytes(0, 'one'), bytes(3, 'two')]);
    const done = feed(source, screen, gate, events);
    await turn();
    expect([taken.length, text()]).toEqual([1, ['one']]);
    await shown();
    expect([taken.length, text()]).toEqual([2, ['one', 'two']]);
    expect(events.shown.mock.calls).toEqual([[3]]);
    await shown();
    await done;
  });

  it('is held while somebody reads further up', async () => {
    const { source, screen, events, gate, taken, text, shown } = setUp([
      bytes(0, 'one'),
      bytes(3, 'two'),
      bytes(6, 'three'),
    ]);
    gate.hold('reading');
    gate.hold('paused');
    const done = feed(source, screen, gate, events);
    await turn();
    expect([taken.length, text()]).toEqual([1, []]);
    gate.open('reading');
    await turn();
    expect([taken.length, text(), gate.isOpen]).toEqual([1, [], false]);
    gate.open('paused');
    await turn();
    await shown();
    await shown();
    await shown();
    await done;
    expect(text()).toEqual(['one', 'two', 'three']);
  });

  it('passes bytes on as they are, and tells a gap by a line and an end by its code', async () => {
    const gap: TerminalItem = {
      kind: 'gap',
      gap: { task: 't', after: '0', resumesAt: '9.abcdef', missing: 2_048, reason: 'retention' },
    };
    const { source, screen, events, gate, text, shown } = setUp([
      bytes(0, '\x1b[31mr\xed\x1b[0m'),
      gap,
      { kind: 'end', exitCode: 3 },
    ]);
    const done = feed(source, screen, gate, events);
    await turn();
    await shown();
    await shown();
    await shown();
    await done;
    expect(text()[0]).toBe('\x1b[31mr\xed\x1b[0m');
    expect(text()[1]).toContain('2.0 KiB no longer kept');
    expect(events.ended).toHaveBeenCalledWith(3);
  });

  it('shows a tail from its first byte on, and says how much is before it', async () => {
    const { source, screen, events, gate, text, shown } = setUp([bytes(500, 'whole\n'), bytes(506, 'no\nmore')]);
    const done = feed(source, screen, gate, events);
    await turn();
    await shown();
    await shown();
    await done;
    expect(text()).toEqual(['whole\n', 'no\nmore']);
    expect(events.began).toHaveBeenCalledTimes(1);
    expect(events.began).toHaveBeenCalledWith(500);
  });

  it('keeps back a character that is cut until it is whole', async () => {
    const cut = new TextEncoder().encode('a—b');
    const item = (offset: number, data: Uint8Array): TerminalItem => ({ kind: 'bytes', offset, data });
    const { source, screen, events, gate, text, shown } = setUp([
      item(0, cut.subarray(0, 3)),
      item(3, cut.subarray(3)),
      item(5, Uint8Array.of(0xe2, 0x80)),
      { kind: 'end', exitCode: 0 },
    ]);
    const done = feed(source, screen, gate, events);
    await turn();
    for (let i = 0; i < 4; i++) await shown();
    await done;
    expect(text()).toEqual(['a', '—b', '', '\ufffd']);
    expect(events.shown.mock.calls).toEqual([[3], [5], [7]]);
  });

  it('ends at a gap what the gap has cut, and forgets half of a character', async () => {
    const gap: TerminalItem = { kind: 'gap', gap: { task: 't', after: '3', resumesAt: '9.abcdef', reason: 'epoch' } };
    const { source, screen, events, gate, text, shown } = setUp([
      { kind: 'bytes', offset: 0, data: Uint8Array.of(0x61, 0xe2, 0x80) },
      gap,
      bytes(9, 'b'),
    ]);
    const done = feed(source, screen, gate, events);
    await turn();
    for (let i = 0; i < 3; i++) await shown();
    await done;
    expect(text()[0]).toBe('a');
    expect(text()[1]).toMatch(/^\x18\x1b\[0m.*began anew/s);
    expect(text()[2]).toBe('b');
  });

  it('takes on a size in its place', async () => {
    const { source, screen, events, gate, text, shown } = setUp([
      { kind: 'resize', cols: 80, rows: 24 },
      bytes(0, 'small'),
      { kind: 'resize', cols: 160, rows: 50 },
      bytes(5, 'large'),
    ]);
    const done = feed(source, screen, gate, events);
    await turn();
    expect(text()).toEqual(['<80x24>', 'small']);
    await shown();
    expect(text()).toEqual(['<80x24>', 'small', '<160x50>', 'large']);
    await shown();
    await done;
    expect(events.began).toHaveBeenCalledWith(0);
  });
});
