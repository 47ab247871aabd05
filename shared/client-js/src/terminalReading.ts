import { RealtimeError } from './errors.js';
import type { Http } from './http.js';
import type { TerminalFrom } from './terminalPosition.js';

/** Downloads that broke off and brought nothing, in a row, before it is given up. */
const FruitlessMax = 3;

/** Bytes of a terminal. */
export interface TerminalContent {
  data: Uint8Array;
  epoch: string;
  /** Of the first byte. */
  offset: number;
  /** The offset after the last byte that there was. */
  end: number;
  /** If the terminal has ended. */
  exitCode?: number;
}

interface Part {
  content: Omit<TerminalContent, 'data'>;
  chunks: Uint8Array[];
  length: number;
  /** Why it broke off, if it did. */
  broken: unknown;
}

/** Reads all that there is from a place on; a download that breaks off is gone on with. */
export async function readTerminal(
  http: Http,
  task: string,
  from: TerminalFrom | undefined,
  signal: AbortSignal | undefined,
): Promise<TerminalContent> {
  const chunks: Uint8Array[] = [];
  let first: Part['content'] | undefined;
  let place = from === undefined ? undefined : String(from);
  for (let fruitless = 0; ;) {
    const part = await readPart(http, task, place, signal);
    first ??= part.content;
    chunks.push(...part.chunks);
    const next = part.content.offset + part.length;
    if (part.broken === undefined) return { ...first, ...endOf(part), data: join(chunks) };
    fruitless = part.length > 0 ? 0 : fruitless + 1;
    if (fruitless >= FruitlessMax) throw part.broken;
    place = `${next}.${part.content.epoch}`;
  }
}

function endOf(part: Part): { end: number; exitCode?: number } {
  const { end, exitCode } = part.content;
  return exitCode === undefined ? { end } : { end, exitCode };
}

function readPart(http: Http, task: string, from: string | undefined, signal: AbortSignal | undefined): Promise<Part> {
  const query = new URLSearchParams();
  if (from !== undefined) query.set('from', from);
  const path = `v1/tasks/${encodeURIComponent(task)}/terminal`;
  return http.send({ path, query, signal }, async (response) => {
    const part: Part = { content: contentOf(response.headers), chunks: [], length: 0, broken: undefined };
    const reader = response.body?.getReader();
    try {
      for (let read = await reader?.read(); read && !read.done; read = await reader!.read()) {
        part.chunks.push(read.value);
        part.length += read.value.length;
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      part.broken = new RealtimeError('network', 'the download broke off', { retry: true, cause: error });
    }
    return part;
  });
}

function contentOf(headers: Headers): Part['content'] {
  const epoch = headers.get('Realtime-Epoch');
  const offset = Number(headers.get('Realtime-Offset') ?? NaN);
  const end = Number(headers.get('Realtime-End') ?? NaN);
  const exitCode = headers.get('Realtime-Exit-Code');
  if (epoch === null || !Number.isSafeInteger(offset) || !Number.isSafeInteger(end))
    throw new RealtimeError('protocol', 'the answer says not which bytes these are');
  return exitCode === null ? { epoch, offset, end } : { epoch, offset, end, exitCode: Number(exitCode) };
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
