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
    await done;
    expect(text()[0]).toBe('\x1b[31mr\xed\x1b[0m');
    expect(text()[1]).toContain('2.0 KiB no longer kept');
    expect(events.ended).toHaveBeenCalledWith(3);
  });

  it('begins a tail at a line, and says how much is before it', async () => {
    const { source, screen, events, gate, text, shown } = setUp([
      bytes(500, '1mcut off\nwhole\n'),
      bytes(516, 'no\nmore'),
    ]);
    const done = feed(source, screen, gate, events);
    await turn();
    await shown();
    await shown();
    await done;
    expect(text()).toEqual(['whole\n', 'no\nmore']);
    expect(events.began).toHaveBeenCalledTimes(1);
    expect(events.began).toHaveBeenCalledWith(500);
  });
});
