import { RealtimeError } from './errors.js';
import type { Http } from './http.js';
import { checkKeys } from './knownKeys.js';
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

type Place = Omit<TerminalContent, 'data'>;

interface Part {
  /** Undefined if there was no answer. */
  place: Place | undefined;
  length: number;
  /** Why it broke off, if it did. */
  broken: unknown;
  /** The application threw at what it was given. */
  refused?: { error: unknown };
}

/** What `chunk` is told beside the bytes. */
export interface TerminalChunk {
  /** Of its first byte. */
  offset: number;
  /** The offset after the last byte that there is, by what is known now. */
  end: number;
}

export interface ReadTerminalOptions {
  /** Where to begin; `start`, the first byte retained, if left out. */
  from?: TerminalFrom | undefined;
  signal?: AbortSignal | undefined;
  /** Gets the bytes as they come, each once, in order; `data` stays empty then. What it throws ends the reading. */
  chunk?: ((data: Uint8Array, place: TerminalChunk) => void) | undefined;
}

/** Reads all that there is from a place on; a download that breaks off is gone on with. */
export async function readTerminal(http: Http, task: string, options: ReadTerminalOptions): Promise<TerminalContent> {
  checkKeys('Options of readTerminal', options, ['from', 'signal', 'chunk']);
  const chunks: Uint8Array[] = [];
  const take = options.chunk ?? ((data: Uint8Array) => void chunks.push(data));
  let first: Place | undefined;
  let place = options.from === undefined ? undefined : String(options.from);
  for (let fruitless = 0; ;) {
    const part = await readPart(http, task, place, options.signal, take).catch((error: unknown): Part => {
      // What has begun is gone on with: the network may be away for a moment.
      if (first === undefined || !isBroken(error)) throw error;
      return { place: undefined, length: 0, broken: error };
    });
    if (part.refused !== undefined) throw part.refused.error;
    first ??= part.place;
    if (part.broken === undefined) return { ...first!, ...endOf(part.place!), data: join(chunks) };
    fruitless = part.length > 0 ? 0 : fruitless + 1;
    if (fruitless >= FruitlessMax) throw part.broken;
    if (part.place !== undefined) place = `${part.place.offset + part.length}.${part.place.epoch}`;
  }
}

const isBroken = (error: unknown) =>
  error instanceof RealtimeError && (error.code === 'network' || error.code === 'timeout');

function endOf({ end, exitCode }: Place): { end: number; exitCode?: number } {
  return exitCode === undefined ? { end } : { end, exitCode };
}

function readPart(
  http: Http,
  task: string,
  from: string | undefined,
  signal: AbortSignal | undefined,
  take: (data: Uint8Array, place: TerminalChunk) => void,
): Promise<Part> {
  const query = new URLSearchParams();
  if (from !== undefined) query.set('from', from);
  const path = `v1/tasks/${encodeURIComponent(task)}/terminal`;
  return http.send({ path, query, signal }, async (response) => {
    const place = placeOf(response.headers);
    const part: Part = { place, length: 0, broken: undefined };
    const reader = response.body?.getReader();
    for (;;) {
      const read = await reader?.read().catch((error: unknown) => {
        if (signal?.aborted) throw error;
        part.broken = new RealtimeError('network', 'the download broke off', { retry: true, cause: error });
        return undefined;
      });
      if (read === undefined || read.done) return part;
      try {
        take(read.value, { offset: place.offset + part.length, end: place.end });
      } catch (error) {
        void reader!.cancel().catch(() => {});
        return { ...part, refused: { error } };
      }
      part.length += read.value.length;
    }
  });
}

function placeOf(headers: Headers): Place {
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
