import type { Backoff } from './backoff.js';
import type { Environment } from './environment.js';
import { RealtimeError } from './errors.js';
import type { Http } from './http.js';
import { checkKeys } from './knownKeys.js';
import type { Producer } from './producer.js';
import { publishBackoff, type PublishSettings, Retrying } from './retrying.js';
import { TerminalHoleError } from './terminalHoleError.js';

/** Half of what a server takes by default. */
const BodyBytesMax = 512 * 1_024;

export interface TerminalWriterOptions {
  /** Offset of the first byte, 0: where an earlier writer of this terminal stood. */
  offset?: number | undefined;
  /** After a `TerminalHoleError` whose missing bytes are gone here too: its epoch. The first append begins a new life. */
  afterLoss?: string | undefined;
  /** Do that by itself, once for each append: for producers that keep nothing of what they have sent. */
  goOnAfterLoss?: boolean | undefined;
}

export interface AppendOptions {
  /** Where the program wrote it; `stdout`. */
  stream?: 'stdout' | 'stderr' | undefined;
  signal?: AbortSignal | undefined;
}

/** Where a terminal stands after an append. */
export interface TerminalAppended {
  /** The offset after its last byte. */
  end: number;
  epoch: string;
  /** All of the bytes were there before. */
  duplicate: boolean;
  /**
   * Bytes, all or some, were there already when this call asked for the first time: no attempt of its own can have stored
   * them, so they are another producer's, or an earlier call's.
   */
  storedBefore: boolean;
}

export interface TerminalWriterHost {
  http: Http;
  settings: PublishSettings;
  environment: Environment;
  closed: AbortSignal;
  producer: Producer | undefined;
}

interface WireAppended {
  end: number;
  epoch: string;
  duplicate: boolean;
  /** How many bytes were new; older servers don't tell. */
  stored?: number;
  pressure?: { state: 'ok' | 'pause' };
}

/**
 * Writes the output of one task, in order: one request at a time, each of which may be repeated, since it says the offset
 * of its first byte.
 */
export class TerminalWriter {
  private next: number;
  private afterLoss: string | undefined;
  /** A request was answered by silence: the new life may have begun with it. */
  private mayHaveBegun = false;
  private mayGoOn = false;
  private turn: Promise<unknown> = Promise.resolve();
  private failures = 0;
  private isPressed = false;
  private readonly pressure: Backoff;

  /** @internal */
  constructor(
    readonly task: string,
    private readonly options: TerminalWriterOptions,
    private readonly host: TerminalWriterHost,
  ) {
    checkKeys('Options of terminalWriter', options, ['offset', 'afterLoss', 'goOnAfterLoss']);
    const { offset = 0 } = options;
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new TypeError(`Options of terminalWriter: offset is ${offset}, but must be a whole number from 0 on`);
    this.next = offset;
    this.afterLoss = options.afterLoss;
    this.pressure = publishBackoff(host.settings, host.environment);
  }

  /** The offset after the bytes that are known to be stored: store it, and give it to a later writer. */
  get offset(): number {
    return this.next;
  }

  /**
   * Stores bytes, or text as UTF-8, behind those before. Fulfilled when they are stored, each once however often it had to
   * be tried. If it fails, `offset` stays behind what is known to be stored, what waits behind it fails with `not_sent`,
   * and the bytes from `offset` on have to be appended again.
   */
  append(data: Uint8Array | string, options: AppendOptions = {}): Promise<TerminalAppended> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data.slice();
    return this.inTurn(options.signal, async (retrying) => {
      checkKeys('Options of append', options, ['stream', 'signal']);
      if (bytes.length === 0) throw new RealtimeError('bad_request', 'there are no bytes to append');
      this.mayGoOn = this.options.goOnAfterLoss === true;
      let appended: TerminalAppended | undefined;
      for (let from = 0; from < bytes.length; from += BodyBytesMax) {
        const piece = bytes.subarray(from, from + BodyBytesMax);
        const { end, epoch, duplicate, storedBefore } = await this.appendPiece(piece, options.stream, retrying);
        this.next += piece.length;
        appended = {
          end,
          epoch,
          duplicate: duplicate && (appended?.duplicate ?? true),
          storedBefore: storedBefore || (appended?.storedBefore ?? false),
        };
      }
      return appended!;
    });
  }

  /** Ends the terminal, behind what was appended. The first exit code stays; the same one again is harmless. */
  end(exitCode: number, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.inTurn(options.signal, async (retrying) => {
      const path = `${this.path}/end`;
      const body = JSON.stringify({ exit_code: exitCode });
      for (;;) {
        try {
          const request = { method: 'POST', path, query: this.claim(), body, signal: retrying.signal } as const;
          return await this.host.http.send(request, async (response) => void (await response.text()));
        } catch (error) {
          await retrying.wait(error);
        }
      }
    });
  }

  /** What a producer writes to is its own. */
  private claim(fields: Record<string, string> = {}): URLSearchParams {
    const { producer } = this.host;
    const claim = producer && { producer: producer.id, producer_epoch: String(producer.epoch) };
    return new URLSearchParams({ ...fields, ...claim });
  }

  private get path(): string {
    return `v1/tasks/${encodeURIComponent(this.task)}/terminal`;
  }

  /** One call after the other. What waited behind one that failed is not sent: it would be stored in its place. */
  private inTurn<T>(signal: AbortSignal | undefined, run: (retrying: Retrying) => Promise<T>): Promise<T> {
    const { settings, environment, closed } = this.host;
    const failuresBefore = this.failures;
    const mine = this.turn.then(async () => {
      if (this.failures > failuresBefore)
        throw new RealtimeError('not_sent', 'what was to be stored before it could not be', { retry: true });
      const retrying = new Retrying(settings, environment, [closed, signal]);
      try {
        return await run(retrying);
      } catch (error) {
        this.failures++;
        throw error;
      } finally {
        retrying.clear();
      }
    });
    this.turn = mine.catch(() => {});
    return mine;
  }

  private async appendPiece(
    piece: Uint8Array<ArrayBuffer>,
    stream: AppendOptions['stream'],
    retrying: Retrying,
  ): Promise<TerminalAppended> {
    // An attempt before the one that is answered may have stored the bytes.
    let isRepeated = false;
    for (;;) {
      if (this.isPressed) await retrying.sleep(this.pressure.nextOfPressure());
      try {
        const answer = await this.send(piece, stream, retrying.signal);
        this.afterLoss = undefined;
        this.mayHaveBegun = false;
        this.isPressed = answer.pressure?.state === 'pause';
        if (!this.isPressed) this.pressure.reset();
        const { end, epoch, duplicate, stored } = answer;
        const isThere = duplicate || (stored !== undefined && stored < piece.length);
        return { end, epoch, duplicate, storedBefore: isThere && !isRepeated };
      } catch (error) {
        if (this.goesOn(error)) continue;
        // At the limit it is refused.
        if (error instanceof RealtimeError && error.code === 'pressure') this.isPressed = true;
        this.mayHaveBegun = true;
        isRepeated = true;
        await retrying.wait(error);
      }
    }
  }

  private send(
    piece: Uint8Array<ArrayBuffer>,
    stream: AppendOptions['stream'],
    signal: AbortSignal,
  ): Promise<WireAppended> {
    const query = this.claim({ offset: String(this.next) });
    if (stream === 'stderr') query.set('stream', stream);
    if (this.afterLoss !== undefined) query.set('after_loss', this.afterLoss);
    return this.host.http.send({ method: 'POST', path: this.path, query, body: piece, signal }, async (response) => {
      const answer = (await response.json()) as WireAppended;
      if (!Number.isSafeInteger(answer.end) || typeof answer.epoch !== 'string')
        throw new RealtimeError('protocol', 'the answer says not where the terminal stands', { retry: true });
      return answer;
    });
  }

  /** Whether to ask again at once, in another way. */
  private goesOn(error: unknown): boolean {
    if (error instanceof TerminalHoleError && this.mayGoOn) {
      this.mayGoOn = false;
      this.afterLoss = error.epoch;
      return true;
    }
    const isBegun = error instanceof RealtimeError && error.code === 'other_epoch' && this.mayHaveBegun;
    if (!isBegun || this.afterLoss === undefined) return false;
    this.afterLoss = undefined;
    return true;
  }
}
