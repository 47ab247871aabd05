import type { TerminalItem } from '@realtime/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gate } from '../src/terminal/feed';
import { TerminalSession } from '../src/terminal/session';
import type { TerminalEnd, TerminalSource } from '../src/terminal/source';

const notFound = Object.assign(new Error('not_found: no such terminal'), { code: 'not_found' });
const at = (epoch: string, end: number, more: object = {}): TerminalEnd => ({ end, epoch, ...more });
const line: TerminalItem = { kind: 'bytes', offset: 0, data: new TextEncoder().encode('line\r\n') };

/** Terminals as the server gives them, one after the other; the last one stays. */
function setUp(running: boolean, ...answers: (TerminalItem[] | Error | AsyncIterable<TerminalItem>)[]) {
  const written: string[] = [];
  const calls: string[] = [];
  const opened = vi.fn((from: string) => {
    calls.push(`open ${from}`);
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    return sourceOf(answer, calls);
  });
  const end = vi.fn(async (): Promise<TerminalEnd> => at('abcdef', 0));
  const server = { open: opened, end, isHidden: vi.fn(() => false) };
  const screen = {
    write: async (data: Uint8Array | string) =>
      void written.push(typeof data === 'string' ? data : new TextDecoder().decode(data)),
    resize: async (cols: number, rows: number) => void written.push(`<${cols}x${rows}>`),
    clear: () => void written.splice(0),
  };
  const session = new TerminalSession(server, screen, new Gate(), running);
  session.start();
  return { session, opened, server, written, calls };
}

function sourceOf(answer: TerminalItem[] | Error | AsyncIterable<TerminalItem>, calls: string[]): TerminalSource {
  async function* items() {
    if (answer instanceof Error) throw answer;
    yield* answer;
  }
  const call = (name: string) => async () => void calls.push(name);
  const calling = { pause: call('pause'), resume: call('resume'), close: call('close') };
  return Object.assign(items(), { id: 's1', position: '3.abcdef', ...calling });
}

const silence: AsyncIterable<TerminalItem> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
};

describe('a terminal that is not there yet', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is there a moment after its first byte', async () => {
    const { session, opened } = setUp(true, notFound, [line]);
    await vi.advanceTimersByTimeAsync(0);
    expect(session.state.value).toEqual({ kind: 'none', awaited: true });
    await vi.advanceTimersByTimeAsync(250);
    expect(opened).toHaveBeenCalledTimes(2);
    expect(session.state.value).toEqual({ kind: 'shown' });
  });

  it('is asked for ever more rarely, and at once when something is heard of the task', async () => {
    const { session, opened } = setUp(true, notFound);
    await vi.advanceTimersByTimeAsync(60_000);
    const asked = opened.mock.calls.length;
    expect(asked).toBeGreaterThan(20);
    expect(asked).toBeLessThan(26);
    session.heard();
    await vi.advanceTimersByTimeAsync(250);
    expect(opened).toHaveBeenCalledTimes(asked + 1);
  });

  it('is not said to be none for ever before the server was asked once more after the end', async () => {
    const { session, opened } = setUp(true, notFound);
    await vi.advanceTimersByTimeAsync(0);
    const asked = opened.mock.calls.length;
    opened.mockImplementationOnce(() => sourceOf(silence, []));
    session.setRunning(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(opened).toHaveBeenCalledTimes(asked + 1);
    expect(session.state.value).toEqual({ kind: 'none', awaited: true });
    session.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.state.value).toEqual({ kind: 'none', awaited: false });
    expect(opened).toHaveBeenCalledTimes(asked + 2);
  });

  it('is not asked for any more once it is closed', async () => {
    const { session, opened } = setUp(true, notFound);
    await vi.advanceTimersByTimeAsync(0);
    session.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened).toHaveBeenCalledTimes(1);
  });
});

describe('a terminal', () => {
  it('tells a failure by the server’s words, what is shown stays', async () => {
    const refused = Object.assign(new Error('unauthorized: Refused.'), { code: 'unauthorized', detail: 'Refused.' });
    const { session } = setUp(true, refused);
    await vi.waitFor(() => expect(session.state.value).toEqual({ kind: 'failed', detail: 'Refused.' }));
    expect(session.hasOutput).toBe(false);
  });

  it('tells its end', async () => {
    const { session } = setUp(false, [line, { kind: 'end', exitCode: 4 }]);
    await vi.waitFor(() => expect(session.exitCode.value).toBe(4));
    expect([session.state.value, session.hasOutput]).toEqual([{ kind: 'shown' }, true]);
  });
});

describe('a terminal that is no longer kept', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const broken = async function* () {
    yield line;
    throw notFound;
  };

  it('stays on the screen, and one that begins anew takes its place when it is there', async () => {
    let come = () => {};
    async function* anew() {
      await new Promise<void>((resolve) => (come = resolve));
      yield { ...line, data: new TextEncoder().encode('new\r\n') } as TerminalItem;
    }
    const { session, opened, written } = setUp(true, broken(), notFound, anew());
    await vi.advanceTimersByTimeAsync(0);
    expect([session.state.value, written]).toEqual([{ kind: 'gone' }, ['line\r\n']]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(opened).toHaveBeenCalledTimes(3);
    expect([session.state.value, written]).toEqual([{ kind: 'gone' }, ['line\r\n']]);
    come();
    await vi.advanceTimersByTimeAsync(0);
    expect([session.state.value, written]).toEqual([{ kind: 'shown' }, ['new\r\n']]);
  });

  it('is not asked for again when nobody works on it', async () => {
    const { session, opened, written } = setUp(false, broken());
    await vi.advanceTimersByTimeAsync(60_000);
    expect([session.state.value, written]).toEqual([{ kind: 'gone' }, ['line\r\n']]);
    expect(opened).toHaveBeenCalledTimes(1);
  });

  it('is told while it is watched, until it goes on', async () => {
    let go = () => {};
    async function* items() {
      yield line;
      await new Promise<void>((resolve) => (go = resolve));
      yield line;
    }
    const { session, written, opened } = setUp(true, items());
    await vi.advanceTimersByTimeAsync(0);
    session.vanished('s7');
    expect(session.state.value).toEqual({ kind: 'shown' });
    session.vanished('s1');
    session.heard();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([session.state.value, written.length, opened.mock.calls.length]).toEqual([{ kind: 'gone' }, 1, 1]);
    go();
    await vi.advanceTimersByTimeAsync(0);
    expect([session.state.value, written.length]).toEqual([{ kind: 'shown' }, 2]);
  });
});

describe('a terminal that is held', () => {
  const KiB = 1_024;
  const piece = (offset: number, text: string): TerminalItem => ({
    kind: 'bytes',
    offset,
    data: new TextEncoder().encode(text),
  });

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('shows nothing and is sent nothing while it is paused, and tells how much is behind', async () => {
    let go = () => {};
    async function* items() {
      yield piece(0, 'one');
      await new Promise<void>((resolve) => (go = resolve));
      yield piece(3, 'two');
    }
    const { session, server, written, calls } = setUp(true, items());
    await vi.advanceTimersByTimeAsync(0);
    server.end.mockResolvedValue(at('abcdef', 3 + 5 * KiB));
    session.pause();
    go();
    await vi.advanceTimersByTimeAsync(0);
    expect([written, session.behind.value]).toEqual([['one'], 5 * KiB]);
    server.end.mockResolvedValue(at('abcdef', 3 + 9 * KiB));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(session.behind.value).toBe(9 * KiB);
    session.resume();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([written, session.behind.value, session.held.value]).toEqual([['one', 'two'], 0, false]);
    expect(calls.slice(1)).toEqual(['pause', 'resume']);
    expect(server.end).toHaveBeenCalledTimes(2);
  });

  it('stays paused when it is opened anew', async () => {
    const { session, calls } = setUp(true, silence);
    session.pause();
    session.start();
    expect(calls.slice(-2)).toEqual(['open tail:262144', 'pause']);
  });

  it('goes on where it was, or from the tail if that is far', async () => {
    async function* items() {
      yield piece(0, 'one');
      yield piece(3, 'two');
    }
    const { session, server, written, calls } = setUp(true, items(), [piece(900_000, 'news')]);
    session.setReading(true);
    server.end.mockResolvedValue(at('abcdef', 100 * KiB));
    await vi.advanceTimersByTimeAsync(0);
    session.toLive();
    await vi.advanceTimersByTimeAsync(0);
    expect([written, calls.length]).toEqual([['one', 'two'], 1]);

    session.pause();
    server.end.mockResolvedValue(at('abcdef', 5_000 * KiB));
    await vi.advanceTimersByTimeAsync(2_000);
    session.toLive();
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual(['news']);
    expect([session.paused.value, session.held.value, session.leftOut.value]).toEqual([false, false, 900_000]);
  });

  it('asks no more once the server knows the end, nor while nobody looks', async () => {
    const { session, server } = setUp(
      true,
      (async function* () {
        yield piece(0, 'one');
        await new Promise(() => {});
      })(),
    );
    await vi.advanceTimersByTimeAsync(0);
    session.setReading(true);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.end).toHaveBeenCalledTimes(2);
    server.isHidden.mockReturnValue(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.end).toHaveBeenCalledTimes(2);
    server.isHidden.mockReturnValue(false);
    server.end.mockResolvedValue(at('abcdef', 9 * KiB + 3, { exitCode: 0 }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([server.end.mock.calls.length, session.behind.value]).toEqual([3, 9 * KiB]);
    session.setReading(false);
    expect(session.behind.value).toBe(0);
  });

  it('asks nothing when all is shown and it has ended', async () => {
    const { session, server } = setUp(false, [line, { kind: 'end', exitCode: 0 }]);
    await vi.advanceTimersByTimeAsync(0);
    session.setReading(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.end).not.toHaveBeenCalled();
  });

  it('does not compare places of two lives', async () => {
    const { session, server } = setUp(
      true,
      (async function* () {
        yield piece(900_000, 'one');
        await new Promise(() => {});
      })(),
    );
    await vi.advanceTimersByTimeAsync(0);
    server.end.mockResolvedValue(at('zz81mm', 5 * KiB));
    session.setReading(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(session.behind.value).toBe(5 * KiB);
  });

  it('writes nothing more of a source that it has left', async () => {
    const { session, written } = setUp(true, [piece(0, 'old')], [piece(0, 'new')]);
    session.setReading(true);
    await vi.advanceTimersByTimeAsync(0);
    session.startOver();
    session.setReading(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual(['new']);
  });
});
