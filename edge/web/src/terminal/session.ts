import { signal } from '@preact/signals';
import type { TerminalItem } from '@realtime/client';
import { feed, type Gate, type Screen } from './feed';

export type TerminalState =
  | { kind: 'loading' }
  | { kind: 'shown' }
  /** The server knew of none when it was asked; `awaited`: the task was being worked on then. */
  | { kind: 'none'; awaited: boolean }
  | { kind: 'failed'; detail: string };

/** A terminal as the client gives it. */
export interface TerminalSource extends AsyncIterable<TerminalItem> {
  close(): Promise<void>;
}

/** A task that has just begun has no terminal before its first byte: it is asked for again, soon at first. */
const RETRY_MS = [250, 500, 1_000, 2_000, 3_000];

/** Brings one terminal onto a screen, and says what is true of it. Asks again while there is none of a running task. */
export class TerminalSession {
  readonly state = signal<TerminalState>({ kind: 'loading' });
  readonly exitCode = signal<number | undefined>(undefined);
  /** Bytes before the first one shown. */
  readonly leftOut = signal(0);
  /** Something of it is on the screen. */
  hasOutput = false;
  private source: TerminalSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;

  constructor(
    private readonly open: () => TerminalSource,
    private readonly screen: Screen,
    private readonly gate: Gate,
    private running: boolean,
  ) {}

  start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.source?.close();
    this.hasOutput = false;
    if (this.state.peek().kind !== 'none') this.state.value = { kind: 'loading' };
    const source = (this.source = this.open());
    feed(source, this.screen, this.gate, {
      began: (offset) => {
        this.hasOutput = true;
        this.leftOut.value = offset;
        this.state.value = { kind: 'shown' };
      },
      ended: (code) => {
        this.exitCode.value = code;
        this.state.value = { kind: 'shown' };
      },
    }).catch((failure: unknown) => {
      if (source === this.source) this.failed(failure);
    });
  }

  /** Whether the task is being worked on. Once it is not, the server is asked for the last time. */
  setRunning(running: boolean): void {
    if (this.running === running) return;
    this.running = running;
    if (this.state.peek().kind === 'none') this.heard();
  }

  /** Something was heard of the task: maybe its terminal is there now. */
  heard(): void {
    if (this.state.peek().kind !== 'none') return;
    this.attempts = 0;
    this.retryLater();
  }

  close(): void {
    clearTimeout(this.timer);
    const source = this.source;
    this.source = undefined;
    this.gate.open();
    void source?.close();
  }

  private failed(failure: unknown): void {
    const { code, detail, message } = failure as { code?: string; detail?: string; message?: string };
    if (code !== 'not_found') {
      this.state.value = { kind: 'failed', detail: detail ?? message ?? String(failure) };
      return;
    }
    this.state.value = { kind: 'none', awaited: this.running };
    if (this.running) this.retryLater();
  }

  private retryLater(): void {
    clearTimeout(this.timer);
    const delay = RETRY_MS[Math.min(this.attempts++, RETRY_MS.length - 1)];
    this.timer = setTimeout(() => this.start(), delay);
  }
}
