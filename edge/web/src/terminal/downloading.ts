import { signal } from '@preact/signals';
import { bytes } from '../model/format';
import { downloadLog, fileNameOf } from './download';
import type { DownloadedLog, DownloadProgress, TerminalReader } from './download';

/** A file is read by the browser after it was asked to: its address must live so long. */
const ADDRESS_LIVES_MS = 60_000;

export type DownloadState =
  | { kind: 'running'; progress: DownloadProgress }
  | { kind: 'done'; words: string }
  | { kind: 'failed'; detail: string };

/** The download of one terminal: at most one at a time, until it is called off or there. */
export class Downloading {
  readonly state = signal<DownloadState | undefined>(undefined);
  private abort: AbortController | undefined;

  constructor(
    private readonly client: TerminalReader,
    private readonly task: string,
  ) {}

  async start(): Promise<void> {
    if (this.abort) return;
    const { signal } = (this.abort = new AbortController());
    this.state.value = { kind: 'running', progress: { done: 0, total: 0 } };
    try {
      const progress = (progress: DownloadProgress) => (this.state.value = { kind: 'running', progress });
      const log = await downloadLog(this.client, this.task, signal, progress);
      save(log, fileNameOf(this.task));
      this.state.value = { kind: 'done', words: wordsFor(log) };
    } catch (failure) {
      this.state.value = signal.aborted ? undefined : { kind: 'failed', detail: (failure as Error).message };
    }
    this.abort = undefined;
  }

  /** Calls it off, or takes note of how it went. */
  dismiss(): void {
    this.abort?.abort();
    this.state.value = undefined;
  }
}

function wordsFor({ bytes: length, offset }: DownloadedLog): string {
  const before = offset > 0 ? `; the ${bytes(offset)} before are no longer kept` : '';
  return `Downloaded ${bytes(length)}${before}.`;
}

function save(log: DownloadedLog, name: string): void {
  const address = URL.createObjectURL(new Blob(log.chunks, { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), ADDRESS_LIVES_MS);
}
