import type { TerminalItem } from '@realtime/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gate } from '../src/terminal/feed';
import { TerminalSession, type TerminalSource } from '../src/terminal/session';

const notFound = Object.assign(new Error('not_found: no such terminal'), { code: 'not_found' });
const line: TerminalItem = { kind: 'bytes', offset: 0, data: new TextEncoder().encode('line\r\n') };

/** Terminals as the server gives them, one after the other; the last one stays. */
function setUp(running: boolean, ...answers: (TerminalItem[] | Error)[]) {
  const opened = vi.fn((): TerminalSource => {
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    async function* items() {
      if (answer instanceof Error) throw answer;
      yield* answer;
    }
    return Object.assign(items(), { close: async () => {} });
  });
  const session = new TerminalSession(opened, { write: async () => {} }, new Gate(), running);
  session.start();
  return { session, opened };
}

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
    opened.mockImplementationOnce(() =>
      Object.assign(
        (async function* (): AsyncGenerator<TerminalItem> {
          await new Promise(() => {}); // no connection: no answer
        })(),
        { close: async () => {} },
      ),
    );
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
