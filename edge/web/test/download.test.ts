import { RealtimeClient, RealtimeError, type ReadTerminalOptions } from '@realtime/client';
import { describe, expect, it, vi } from 'vitest';
import { downloadLog, fileNameOf, type TerminalReader } from '../src/terminal/download';

const log = Uint8Array.from({ length: 1_000 }, (_, i) => i % 251);

function start(read: TerminalReader['readTerminal']) {
  const progress = vi.fn();
  const abort = new AbortController();
  const readTerminal = vi.fn(read);
  const done = downloadLog({ readTerminal }, 'a b', abort.signal, progress);
  return { done, progress, abort, readTerminal };
}

// In parts of 400 bytes, as the client hands them over.
const gives = (start: number) => async (_: string, options: ReadTerminalOptions) => {
  for (let at = 0; at < log.length; at += 400)
    options.chunk!(log.slice(at, at + 400), { offset: start + at, end: start + log.length });
  return { epoch: 'abcdef', offset: start, end: start + log.length, data: new Uint8Array(0) };
};

const refuses = (code: string) => async () => {
  throw new RealtimeError(code, 'Too many.');
};

const wordsOf = (done: Promise<unknown>) => done.then(String, (error: Error) => error.message);

describe('the download of a log', () => {
  it('has exactly its bytes, and tells how far it is', async () => {
    const { done, readTerminal, progress } = start(gives(0));
    const { chunks, bytes, offset } = await done;
    expect(new Uint8Array(await new Blob(chunks).arrayBuffer())).toEqual(log);
    expect([bytes, offset]).toEqual([1_000, 0]);
    expect(readTerminal.mock.calls[0]![0]).toBe('a b');
    expect(progress.mock.calls).toEqual([400, 800, 1_000].map((done) => [{ done, total: 1_000 }]));
  });

  it('says what is no longer kept', async () => {
    const { done, progress } = start(gives(5_000));
    expect(await done).toMatchObject({ offset: 5_000, bytes: 1_000 });
    expect(progress).toHaveBeenLastCalledWith({ done: 1_000, total: 1_000 });
  });

  it('says in words what went wrong', async () => {
    expect(await wordsOf(start(refuses('not_found')).done)).toBe('This terminal is no longer kept.');
    expect(await wordsOf(start(refuses('token_expired')).done)).toMatch(/not accepted/);
    expect(await wordsOf(start(refuses('gap')).done)).toMatch(/began anew/);
    expect(await wordsOf(start(refuses('network')).done)).toMatch(/broke off again and again/);
    expect(await wordsOf(start(refuses('rate_limited')).done)).toBe('Too many.');
    const client = new RealtimeClient({ url: 'https://edge.test', token: 't' });
    await client.close();
    expect(await wordsOf(start((task, options) => client.readTerminal(task, options)).done)).toMatch(/not accepted/);
  });

  it('can be called off', async () => {
    const { done, abort } = start(
      (_, { signal }) => new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason))),
    );
    abort.abort(new Error('called off'));
    await expect(done).rejects.toThrow('called off');
  });

  it('has a name that every file system takes', () => {
    expect(fileNameOf('demo-coder-1')).toBe('demo-coder-1.log');
    expect(fileNameOf('../a/b:c d')).toBe('_a_b_c_d.log');
  });
});
