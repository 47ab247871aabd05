import { describe, expect, it, vi } from 'vitest';
import { downloadLog, fileNameOf } from '../src/terminal/download';

const log = Uint8Array.from({ length: 1_000 }, (_, i) => i % 251);

/** Answers a part of the log, and breaks off after so many bytes. */
function part(offset: number, breaksAfter = Infinity, start = 0): Response {
  const rest = log.subarray(offset - start);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent >= breaksAfter) return controller.error(new TypeError('network error'));
      if (sent >= rest.length) return controller.close();
      const to = Math.min(sent + 100, rest.length, breaksAfter);
      controller.enqueue(rest.slice(sent, to));
      sent = to;
    },
  });
  const headers = {
    'Realtime-Offset': String(offset),
    'Realtime-End': String(start + log.length),
    'Realtime-Epoch': 'abcdef',
  };
  return new Response(body, { headers });
}

function start(...answers: (Response | Error)[]) {
  const fetch = vi.fn(async (_: string, __: RequestInit) => {
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const progress = vi.fn();
  const abort = new AbortController();
  const done = downloadLog('a b', { fetch, token: 'a.b.c', signal: abort.signal, progress });
  return { done, fetch, progress, abort };
}

const bytesOf = async (chunks: Uint8Array<ArrayBuffer>[]) => new Uint8Array(await new Blob(chunks).arrayBuffer());

describe('the download of a log', () => {
  it('has exactly its bytes, and tells how far it is', async () => {
    const { done, fetch, progress } = start(part(0));
    const { chunks, bytes, offset } = await done;
    expect(await bytesOf(chunks)).toEqual(log);
    expect([bytes, offset]).toEqual([1_000, 0]);
    expect(fetch).toHaveBeenCalledWith(
      '/v1/tasks/a%20b/terminal?from=start',
      expect.objectContaining({ headers: { Authorization: 'Bearer a.b.c' } }),
    );
    expect(progress).toHaveBeenCalledWith({ done: 300, total: 1_000 });
    expect(progress).toHaveBeenLastCalledWith({ done: 1_000, total: 1_000 });
  });

  it('goes on where it broke off', async () => {
    const { done, fetch } = start(part(0, 300), new TypeError('network error'), part(300));
    expect(await bytesOf((await done).chunks)).toEqual(log);
    expect(fetch.mock.lastCall![0]).toBe('/v1/tasks/a%20b/terminal?from=300.abcdef');
  });

  it('says what is no longer kept', async () => {
    const { done } = start(part(5_000, Infinity, 5_000));
    expect(await done).toMatchObject({ offset: 5_000, bytes: 1_000 });
  });

  it('is given up when nothing comes, and says so', async () => {
    const broken = new TypeError('network error');
    await expect(start(broken, broken, broken).done).rejects.toThrow('broke off again and again');
  });

  it('says in words what the server refuses', async () => {
    const refused = (status: number, body: unknown) =>
      start(new Response(JSON.stringify(body), { status })).done.then(
        () => '',
        (error: Error) => error.message,
      );
    expect(await refused(404, {})).toBe('This terminal is no longer kept.');
    expect(await refused(401, {})).toMatch(/not accepted/);
    expect(await refused(409, { code: 'gap' })).toMatch(/began anew/);
    expect(await refused(429, { detail: 'Too many.' })).toBe('Too many.');
    expect(await refused(500, 'x')).toBe('The server answered 500.');
  });

  it('can be called off', async () => {
    const { done, abort } = start(part(0, 300), new DOMException('aborted', 'AbortError'));
    abort.abort();
    await expect(done).rejects.toThrow();
  });

  it('has a name that every file system takes', () => {
    expect(fileNameOf('demo-coder-1')).toBe('demo-coder-1.log');
    expect(fileNameOf('../a/b:c d')).toBe('_a_b_c_d.log');
  });
});
