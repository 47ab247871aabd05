/** Something that waits for the application: an item, or just an effect on its cursor. */
export interface Entry<Item, Effect> {
  item?: Item;
  bytes: number;
  effect?: Effect | undefined;
}

/** What waits for one subscription's application, in order, counted. It refuses nothing: who is full is paused. */
export class ItemBuffer<Item, Effect> {
  private queue: Entry<Item, Effect>[] = [];
  private head = 0;
  items = 0;
  bytes = 0;
  itemsMost = 0;
  bytesMost = 0;

  constructor(
    private readonly itemsMax: number,
    private readonly bytesMax: number,
  ) {}

  /** More waits than may: time to pause. */
  get isFull(): boolean {
    return this.items > this.itemsMax || this.bytes > this.bytesMax;
  }

  /** Less than a quarter of both is left: time to resume. */
  get isLow(): boolean {
    return this.items < Math.max(1, this.itemsMax / 4) && this.bytes < Math.max(1, this.bytesMax / 4);
  }

  get first(): Entry<Item, Effect> | undefined {
    return this.queue[this.head];
  }

  get last(): Entry<Item, Effect> | undefined {
    return this.queue.length > this.head ? this.queue[this.queue.length - 1] : undefined;
  }

  push(entry: Entry<Item, Effect>): void {
    this.queue.push(entry);
    if (entry.item === undefined) return;
    this.items++;
    this.bytes += entry.bytes;
    this.itemsMost = Math.max(this.itemsMost, this.items);
    this.bytesMost = Math.max(this.bytesMost, this.bytes);
  }

  shift(): Entry<Item, Effect> | undefined {
    const entry = this.queue[this.head];
    if (entry === undefined) return undefined;
    // Array.shift moves all the rest each time; this does so once in a while.
    if (++this.head > 1_024 && this.head * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
    if (entry.item !== undefined) {
      this.items--;
      this.bytes -= entry.bytes;
    }
    return entry;
  }

  clear(): void {
    this.queue = [];
    this.head = this.items = this.bytes = 0;
  }
}
