import { computed, signal } from '@preact/signals';
import type { TerminalItem } from '@realtime/client';
import { feed, type Gate, type Screen } from './feed';

export type TerminalState =
  | { kind: 'loading' }
  | { kind: 'shown' }
  /** The server knew of none when it was asked; `awaited`: the task was being worked on then. */
  | { kind: 'none'; awaited: boolean }
  /** The server keeps it no longer; what was shown of it stays. */
  | { kind: 'gone' }
  | { kind: 'failed'; detail: string };

/** A terminal as the client gives it. */
export interface TerminalSource extends AsyncIterable<TerminalItem> {
  /** By which notices name it. */
  readonly id: string;
  /** Behind what was taken: `<offset>.<epoch>`. */
  readonly position: string | undefined;
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

export interface TerminalServer {
  open(from: 'start' | `tail:${number}`): TerminalSource;
  /** Behind the last byte that there is, and whether it is the last for ever. */
  end(): Promise<TerminalEnd>;
  /** Nobody sees the page: nothing need be asked for. */
  isHidden(): boolean;
}

export interface TerminalEnd {
  end: number;
  epoch: string;
  exitCode?: number;
}

const TAIL_BYTES = 262_144;

/** Who is further behind than that is brought to live by its tail: showing all that is between would take long. */
const CATCH_UP_MAX = 1_048_576;

/** A task that has just begun has no terminal before its first byte: it is asked for again, soon at first. */
const RETRY_MS = [250, 500, 1_000, 2_000, 3_000];

/** How often the terminal's end is asked for while it is held: what is held back is not sent here. */
const END_EVERY_MS = 2_000;

/** Brings one terminal onto a screen, and says what is true of it. Asks again while there is none of a running task. */
export class TerminalSession {
  readonly state = signal<TerminalState>({ kind: 'loading' });
  readonly exitCode = signal<number | undefined>(undefined);
  /** Bytes before the first one shown. */
  readonly leftOut = signal(0);
  /** Somebody wants it to stand still. */
  readonly paused = signal(false);
  /** Somebody reads further up. */
  readonly reading = signal(false);
  readonly held = computed(() => this.paused.value || this.reading.value);
  /** Bytes that are not shown yet, while it is held. */
  readonly behind = signal(0);
  /** Something of it is on the screen. */
  hasOutput = false;
  private from: 'start' | `tail:${number}` = `tail:${TAIL_BYTES}`;
  private source: TerminalSource | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private shownTo = 0;
  private asking: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly server: TerminalServer,
    private readonly screen: Screen & { clear(): void },
    private readonly gate: Gate,
    private running: boolean,
  ) {}

  /** From where it began. What is shown stays until there is something to show instead. */
  start(): void {
    clearTimeout(this.retry);
    void this.source?.close();
    this.behind.value = 0;
    if (!this.hasOutput && this.state.peek().kind !== 'none') this.state.value = { kind: 'loading' };
    const source = (this.source = this.server.open(this.from));
    if (this.paused.peek()) void source.pause();
    this.follow(source);
  }

  /** From its first byte that is kept. */
  startOver(): void {
    this.from = 'start';
    this.start();
  }

  /** Stands still: the server sends nothing meanwhile. */
  pause(): void {
    if (this.paused.peek() || this.source === undefined) return;
    this.paused.value = true;
    this.gate.hold('paused');
    void this.source.pause();
    this.watchEnd();
  }

  resume(): void {
    if (!this.paused.peek()) return;
    this.paused.value = false;
    this.gate.open('paused');
    void this.source?.resume();
    this.watchEnd();
  }

  /** Somebody scrolled up, or is back at the end. */
  setReading(reading: boolean): void {
    if (this.reading.peek() === reading) return;
    this.reading.value = reading;
    if (reading) this.gate.hold('reading');
    else this.gate.open('reading');
    this.watchEnd();
  }

  /** To what is written now, at once however much there is between. */
  toLive(): void {
    const isFar = this.behind.peek() > CATCH_UP_MAX;
    this.resume();
    this.setReading(false);
    if (!isFar) return;
    this.from = `tail:${TAIL_BYTES}`;
    this.start();
  }

  /** Whether the task is being worked on. Once it is not, the server is asked for the last time. */
  setRunning(running: boolean): void {
    if (this.running === running) return;
    this.running = running;
    this.heard();
  }

  /** The server said of what is watched that it is there no more. It may begin anew: then it goes on by itself. */
  vanished(id: string): void {
    if (id === this.source?.id && this.state.peek().kind === 'shown') this.state.value = { kind: 'gone' };
  }

  /** Something was heard of the task: maybe its terminal is there now. */
  heard(): void {
    if (!this.isWaiting) return;
    this.attempts = 0;
    this.retryLater();
  }

  close(): void {
    clearTimeout(this.retry);
    clearInterval(this.asking);
    const source = this.source;
    this.source = undefined;
    this.gate.open();
    void source?.close();
  }

  private follow(source: TerminalSource): void {
    const isCurrent = () => source === this.source;
    let isNew = true;
    const begin = () => {
      if (isNew) this.begin();
      isNew = false;
      if (this.state.peek().kind !== 'shown') this.state.value = { kind: 'shown' };
    };
    // What one that is left still has in hand belongs on no screen any more.
    const showing = async (show: () => Promise<void>) => {
      if (!isCurrent()) return;
      begin();
      await show();
    };
    const screen: Screen = {
      write: (data) => showing(() => this.screen.write(data)),
      resize: (cols, rows) => showing(() => this.screen.resize(cols, rows)),
    };
    feed(source, screen, this.gate, {
      began: (offset) => {
        if (!isCurrent()) return;
        begin();
        this.hasOutput = true;
        this.leftOut.value = offset;
      },
      shown: (offset) => {
        if (isCurrent()) this.shownTo = offset;
      },
      ended: (code) => {
        if (!isCurrent()) return;
        begin();
        this.exitCode.value = code;
      },
    }).catch((failure: unknown) => {
      if (isCurrent()) this.failed(failure);
    });
  }

  private begin(): void {
    this.screen.clear();
    this.hasOutput = false;
    this.shownTo = this.leftOut.value = 0;
    this.exitCode.value = undefined;
  }

  private failed(failure: unknown): void {
    const { code, detail, message } = failure as { code?: string; detail?: string; message?: string };
    if (code !== 'not_found') {
      this.state.value = { kind: 'failed', detail: detail ?? message ?? String(failure) };
      return;
    }
    this.source = undefined;
    this.state.value = this.hasOutput ? { kind: 'gone' } : { kind: 'none', awaited: this.running };
    if (this.running) this.retryLater();
  }

  /** There is none, or none any more: one that comes is to be shown. */
  private get isWaiting(): boolean {
    const { kind } = this.state.peek();
    return this.source === undefined && (kind === 'none' || kind === 'gone');
  }

  private retryLater(): void {
    clearTimeout(this.retry);
    const delay = RETRY_MS[Math.min(this.attempts++, RETRY_MS.length - 1)];
    this.retry = setTimeout(() => this.start(), delay);
  }

  private watchEnd(): void {
    const wanted = this.held.peek() && this.exitCode.peek() === undefined;
    if (wanted === (this.asking !== undefined)) return;
    clearInterval(this.asking);
    this.asking = undefined;
    this.behind.value = 0;
    if (!wanted) return;
    this.asking = setInterval(() => void this.askEnd(), END_EVERY_MS);
    void this.askEnd();
  }

  private async askEnd(): Promise<void> {
    if (this.server.isHidden() || this.state.peek().kind !== 'shown') return;
    const asking = this.asking;
    try {
      const { end, epoch, exitCode } = await this.server.end();
      if (asking !== this.asking) return;
      // All of a new life is still to be shown.
      const isOther = this.source?.position !== undefined && !this.source.position.endsWith(`.${epoch}`);
      this.behind.value = Math.max(0, isOther ? end : end - this.shownTo);
      // It grows no more.
      if (exitCode !== undefined) clearInterval(this.asking);
    } catch {
      // No connection, or the terminal is gone: the next answer counts.
    }
  }
}
