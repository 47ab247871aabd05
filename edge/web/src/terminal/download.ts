/** Parts that broke off and brought nothing, in a row, before it is given up. */
const FRUITLESS_MAX = 3;

export interface DownloadProgress {
  done: number;
  total: number;
}

/** All bytes of a terminal that are kept. */
export interface DownloadedLog {
  chunks: Uint8Array<ArrayBuffer>[];
  bytes: number;
  /** Of the first byte: more than 0 = what was before is no longer kept. */
  offset: number;
}

export interface DownloadOptions {
  fetch: (input: string, init: RequestInit) => Promise<Response>;
  token: string;
  signal: AbortSignal;
  progress(progress: DownloadProgress): void;
}

/** Reads a whole terminal, byte for byte as it was written. One that breaks off is gone on with. Throws what to tell. */
export async function downloadLog(task: string, options: DownloadOptions): Promise<DownloadedLog> {
  const log: DownloadedLog = { chunks: [], bytes: 0, offset: 0 };
  let from = 'start';
  for (let fruitless = 0; fruitless < FRUITLESS_MAX;) {
    const before = log.bytes;
    const place = await readPart(task, from, log, options);
    if (place === undefined) return log;
    from = place;
    fruitless = log.bytes > before ? 0 : fruitless + 1;
  }
  throw new Error('The connection broke off again and again. Try again later.');
}

/** A name for the file, without what file systems don't take. */
export function fileNameOf(task: string): string {
  return `${task.replaceAll(/[^\w.-]+/g, '_').replace(/^\.+/, '')}.log`;
}

// Undefined once all is there, else where to go on.
async function readPart(
  task: string,
  from: string,
  log: DownloadedLog,
  options: DownloadOptions,
): Promise<string | undefined> {
  const answer = await ask(task, from, options);
  if (answer === undefined) return from;
  const offset = Number(answer.headers.get('Realtime-Offset'));
  const end = Number(answer.headers.get('Realtime-End'));
  if (log.bytes === 0) log.offset = offset;
  const total = end - log.offset;
  options.progress({ done: log.bytes, total });
  const reader = answer.body!.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      log.chunks.push(read.value as Uint8Array<ArrayBuffer>);
      log.bytes += read.value.length;
      options.progress({ done: log.bytes, total });
    }
  } catch (failure) {
    if (options.signal.aborted) throw failure;
  }
  const next = log.offset + log.bytes;
  return next >= end ? undefined : `${next}.${answer.headers.get('Realtime-Epoch')}`;
}

async function ask(task: string, from: string, options: DownloadOptions): Promise<Response | undefined> {
  const address = `/v1/tasks/${encodeURIComponent(task)}/terminal?from=${encodeURIComponent(from)}`;
  let answer: Response;
  try {
    answer = await options.fetch(address, {
      headers: { Authorization: `Bearer ${options.token}` },
      signal: options.signal,
    });
  } catch (failure) {
    if (options.signal.aborted) throw failure;
    return undefined;
  }
  if (answer.ok) return answer;
  throw new Error(await explain(answer));
}

async function explain(answer: Response): Promise<string> {
  const { code, detail } = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string };
  if (answer.status === 404) return 'This terminal is no longer kept.';
  if (answer.status === 401) return 'This sign-in is not accepted any more. Sign in, then try again.';
  if (code === 'gap' || code === 'other_epoch')
    return 'The terminal began anew, or lost what was being read. Try again.';
  return detail ?? `The server answered ${answer.status}.`;
}
