import type { RealtimeError } from './errors.js';
import { type Entry, ItemBuffer } from './itemBuffer.js';

export interface DeliveryHooks<Item, Effect> {
  /** The application has taken an item. */
  taken(effect: Effect): void;
  /** One effect for two. */
  merge(older: Effect, newer: Effect): Effect;
  /** Tells the callbacks; a promise if they are not done yet. */
  tell(item: Item): Promise<void> | undefined;
  /** All that waited was delivered, and then it failed: nobody iterates, so the callbacks are told. */
  failed(error: RealtimeError): void;
  /** More waits than may, or little enough again. */
  full(isFull: boolean): void;
  /** The application broke out of its iteration. */
  abandoned(): void;
}

type Waiter<Item> = { resolve: (result: IteratorResult<Item, undefined>) => void; reject: (error: unknown) => void };

const Done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The application's end of a subscription: items in order, by iteration or by callbacks. An item is taken when the next
 * one is asked for, or when its callback has returned.
 */
export class Delivery<Item, Effect> {
  readonly buffer: ItemBuffer<Item, Effect>;
  private mode: 'none' | 'iteration' | 'callbacks' = 'none';
  private waiters: Waiter<Item>[] = [];
  /** Handed out, not taken yet. */
  private outstanding: Entry<Item, Effect> | undefined;
  private isBusy = false;
  private isFull = false;
  private isEnded = false;
  private isDropped = false;
  private error: RealtimeError | undefined;

  constructor(
    itemsMax: number,
    bytesMax: number,
    private readonly hooks: DeliveryHooks<Item, Effect>,
  ) {
    this.buffer = new ItemBuffer(itemsMax, bytesMax);
  }

  push(item: Item, bytes: number, effect?: Effect): void {
    this.add({ item, bytes, effect });
  }

  /** An effect in its place between items. */
  mark(effect: Effect): void {
    const last = this.buffer.last;
    if (last?.effect !== undefined && last.item === undefined) last.effect = this.hooks.merge(last.effect, effect);
    else this.add({ bytes: 0, effect });
  }

  /** Ends at once: what waits is dropped. */
  end(): void {
    this.isEnded = this.isDropped = true;
    this.outstanding = this.error = undefined;
    this.buffer.clear();
    this.settle();
  }

  /** Ends when all that waits was taken. */
  finish(): void {
    this.isEnded = true;
    this.pump();
  }

  /** Fails when all that waits was taken. */
  fail(error: RealtimeError): void {
    if (this.isEnded) return;
    this.error = error;
    this.finish();
  }

  /** Callbacks from now on. Throws if it is iterated. */
  listen(): void {
    if (this.mode === 'iteration')
      throw new Error('This subscription is iterated: use callbacks or iteration, not both.');
    if (this.mode === 'callbacks') return;
    this.mode = 'callbacks';
    // After the caller has set all of its callbacks.
    queueMicrotask(() => this.pump());
  }

  iterate(): AsyncIterableIterator<Item, undefined> {
    if (this.mode !== 'none')
      throw new Error(
        this.mode === 'callbacks'
          ? 'This subscription has callbacks: use callbacks or iteration, not both.'
          : 'This subscription is iterated already: make one subscription for each reader.',
      );
    this.mode = 'iteration';
    const iterator: AsyncIterableIterator<Item, undefined> = {
      next: () => this.next(),
      return: async () => {
        this.hooks.abandoned();
        return Done;
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  private add(entry: Entry<Item, Effect>): void {
    if (this.isEnded) return;
    this.buffer.push(entry);
    this.pump();
    this.weigh();
  }

  private next(): Promise<IteratorResult<Item, undefined>> {
    this.take();
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve, reject });
      this.pump();
      this.weigh();
    });
  }

  private pump(): void {
    if (this.mode === 'callbacks') this.call();
    else this.serve();
    if (this.isEnded && this.buffer.last === undefined && !this.isBusy) this.settle();
  }

  private serve(): void {
    this.passEffects();
    while (this.waiters.length > 0) {
      const entry = this.buffer.shift();
      if (entry?.item === undefined) return;
      this.take();
      this.outstanding = entry;
      this.waiters.shift()!.resolve({ done: false, value: entry.item });
      // Who has asked for the next one already has taken this one.
      if (this.waiters.length > 0) this.take();
      this.passEffects();
    }
  }

  private call(): void {
    while (!this.isBusy) {
      const entry = this.buffer.shift();
      if (entry === undefined) return;
      // Callbacks may push, close, or be slow: one item at a time, each taken before the next.
      this.isBusy = true;
      const pending = entry.item === undefined ? undefined : this.hooks.tell(entry.item);
      const done = () => {
        this.isBusy = false;
        if (entry.effect !== undefined && !this.isDropped) this.hooks.taken(entry.effect);
        this.weigh();
      };
      if (pending === undefined) done();
      else {
        void pending.then(() => {
          done();
          this.pump();
        });
      }
    }
  }

  /** Effects that no untaken item stands before. */
  private passEffects(): void {
    while (this.outstanding === undefined && this.buffer.last !== undefined && this.buffer.first?.item === undefined) {
      const effect = this.buffer.shift()?.effect;
      if (effect !== undefined) this.hooks.taken(effect);
    }
  }

  private take(): void {
    const effect = this.outstanding?.effect;
    this.outstanding = undefined;
    if (effect !== undefined) this.hooks.taken(effect);
  }

  private weigh(): void {
    if (this.isEnded) return;
    const isFull = this.isFull ? !this.buffer.isLow : this.buffer.isFull;
    if (isFull === this.isFull) return;
    this.isFull = isFull;
    this.hooks.full(isFull);
  }

  private settle(): void {
    const error = this.error;
    if (error !== undefined && this.mode === 'callbacks') {
      this.error = undefined;
      this.hooks.failed(error);
    }
    for (const waiter of this.waiters.splice(0)) {
      // An iteration throws once; who asks on is told the end.
      if (this.error === undefined) waiter.resolve(Done);
      else {
        waiter.reject(this.error);
        this.error = undefined;
      }
    }
  }
}
