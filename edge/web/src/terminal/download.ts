import type { ReadTerminalOptions, TerminalContent } from '@realtime/client';

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

/** What of the client is needed. */
export interface TerminalReader {
  readTerminal(task: string, options: ReadTerminalOptions): Promise<TerminalContent>;
}

/** Reads a whole terminal, byte for byte as it was written. Throws what to tell. */
export async function downloadLog(
  client: TerminalReader,
  task: string,
  signal: AbortSignal,
  progress: (progress: DownloadProgress) => void,
): Promise<DownloadedLog> {
  const log: DownloadedLog = { chunks: [], bytes: 0, offset: 0 };
  const chunk: ReadTerminalOptions['chunk'] = (data, { offset, end }) => {
    if (log.bytes === 0) log.offset = offset;
    log.chunks.push(data as Uint8Array<ArrayBuffer>);
    log.bytes += data.length;
    progress({ done: log.bytes, total: end - log.offset });
  };
  try {
    const { offset } = await client.readTerminal(task, { signal, chunk });
    return { ...log, offset };
  } catch (failure) {
    if (signal.aborted) throw failure;
    throw new Error(explain(failure), { cause: failure });
  }
}

/** A name for the file, without what file systems don't take. */
export function fileNameOf(task: string): string {
  return `${task.replaceAll(/[^\w.-]+/g, '_').replace(/^\.+/, '')}.log`;
}

function explain(failure: unknown): string {
  const { code, detail, message } = failure as { code?: string; detail?: string; message?: string };
  switch (code) {
    case 'not_found':
      return 'This terminal is no longer kept.';
    case 'unauthorized':
    case 'token_expired':
    case 'closed':
      return 'This sign-in is not accepted any more. Sign in, then try again.';
    case 'gap':
    case 'other_epoch':
      return 'The terminal began anew, or lost what was being read. Try again.';
    case 'network':
    case 'timeout':
      return 'The connection broke off again and again. Try again later.';
    default:
      return detail ?? message ?? String(failure);
  }
}
