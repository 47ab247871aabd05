import { computed, signal } from '@preact/signals';
import type { TerminalPlace } from '../model/names';
import { feed, type FeedEvents, type Gate, type Screen } from './feed';
import { TerminalLink } from './link';
import type { TerminalEnd, TerminalServer, TerminalSessionScreen, TerminalSource, TerminalState } from './source';

const TAIL = 'tail:262144';

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
  /** A link led here; none any more once one goes elsewhere in it. */
  readonly link = signal<TerminalLink | undefined>(undefined);
  private from = TAIL;
  private isHidden = false;
  private source: TerminalSource | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private shownTo = 0;
  private asking: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly server: TerminalServer,
    private readonly screen: TerminalSessionScreen,
    private readonly gate: Gate,
    private running: boolean,
    place?: TerminalPlace,
  ) {
    if (!place || !screen.linking) return;
    const link = (this.link.value = new TerminalLink(place, screen.linking));
    // What is not there leads nowhere: then one sees the end, as without a link.
    link.state.subscribe((state) => {
      if (state === 'gone' || state === 'anew') queueMicrotask(() => this.source && this.start());
    });
  }

  /** Which life of the terminal is shown, as far as known. */
  get epoch(): string | undefined {
    return this.source?.position?.split('.')[1];
  }

  /** From where it began. What is shown stays until there is something to show instead. */
  start(): void {
    clearTimeout(this.retry);
    void this.source?.close();
    this.behind.value = 0;
    if (!this.hasOutput && this.state.peek().kind !== 'none') this.state.value = { kind: 'loading' };
    const link = this.link.peek();
    const isLinked = link?.state.peek() === 'looking';
    const source = (this.source = this.server.open(isLinked ? link!.from : this.from));
    if (this.paused.peek() || this.isHidden) void source.pause();
    this.follow(source, isLinked ? link : undefined);
  }

  /** From its first byte that is kept. */
  startOver(): void {
    this.goTo('start');
  }

  /** Not to be seen for now: nothing is sent meanwhile. Who comes back sees the end of what there is then. */
  setHidden(hidden: boolean): void {
    if (this.isHidden === hidden) return;
    this.isHidden = hidden;
    if (hidden) {
      this.gate.hold('hidden');
      void this.source?.pause();
      return;
    }
    this.gate.open('hidden');
    if (!this.paused.peek()) void this.source?.resume();
    if (!this.held.peek()) void this.skipWhatIsFar();
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
    if (!this.isHidden) void this.source?.resume();
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
    if (isFar) this.goTo(TAIL);
  }

  private goTo(from: string): void {
    this.from = from;
    this.link.value = undefined;
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

  private follow(source: TerminalSource, link?: TerminalLink): void {
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
    const events: FeedEvents = {
      writing: (offset, data) => {
        if (isCurrent()) this.screen.noteBytes?.(offset, data);
      },
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
    };
    feed(source, screen, this.gate, events, link).catch((failure: unknown) => {
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
      const answer = await this.server.end();
      const { exitCode } = answer;
      if (asking !== this.asking) return;
      this.behind.value = this.behindOf(answer);
      // It grows no more.
      if (exitCode !== undefined) clearInterval(this.asking);
    } catch {
      // No connection, or the terminal is gone: the next answer counts.
    }
  }

  // All of a new life is still to be shown.
  private behindOf({ end, epoch }: TerminalEnd): number {
    const isOther = this.source?.position !== undefined && !this.source.position.endsWith(`.${epoch}`);
    return Math.max(0, isOther ? end : end - this.shownTo);
  }

  private async skipWhatIsFar(): Promise<void> {
    const { source } = this;
    if (source === undefined || this.state.peek().kind !== 'shown') return;
    try {
      const answer = await this.server.end();
      if (source !== this.source || this.isHidden || this.held.peek()) return;
      if (this.behindOf(answer) > CATCH_UP_MAX) this.goTo(TAIL);
    } catch {
      // All of it comes, then.
    }
  }
}
