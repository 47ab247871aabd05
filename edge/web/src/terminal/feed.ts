import type { TerminalGap, TerminalItem } from '@realtime/client';
import { bytes } from '../model/format';
import { WholeCharacters } from './characters';
import type { TerminalLink } from './link';

/** Where bytes are shown. Both resolve when all before is on the screen, and this too. */
export interface Screen {
  write(data: Uint8Array | string): Promise<void>;
  /** From here on the program writes for this size. */
  resize(cols: number, rows: number): Promise<void>;
}

/** Why a feed is held: somebody reads further up, or wants it to stand still, or it is not to be seen. */
export type HoldReason = 'reading' | 'paused' | 'hidden';

/** Lets the feed through, or holds it as long as there is a reason to. */
export class Gate {
  private readonly reasons = new Set<HoldReason>();
  private opened: (() => void) | undefined;
  private waiting: Promise<void> | undefined;

  get isOpen(): boolean {
    return this.reasons.size === 0;
  }

  hold(reason: HoldReason): void {
    this.reasons.add(reason);
    this.waiting ??= new Promise((resolve) => (this.opened = resolve));
  }

  /** Without a reason: whatever held it. */
  open(reason?: HoldReason): void {
    if (reason === undefined) this.reasons.clear();
    else this.reasons.delete(reason);
    if (!this.isOpen) return;
    this.opened?.();
    this.opened = this.waiting = undefined;
  }

  async pass(): Promise<void> {
    while (this.waiting) await this.waiting;
  }
}

export interface FeedEvents {
  /** The offset of the first byte shown: more than 0 = earlier output was left out. */
  began(offset: number): void;
  /** These bytes are about to be written, from the cursor on. */
  writing?(offset: number, data: Uint8Array): void;
  /** All before this offset is on the screen, or is gone. */
  shown(offset: number): void;
  ended(exitCode: number): void;
}

/** Ends an escape sequence that a gap has cut off, and with it what would swallow the text that follows. */
const CANCEL = '\x18';

/**
 * Shows a terminal. The next item is taken only when the last one is on the screen and the gate is open: that is what
 * returns credit to the server, so a slow or held screen costs no memory here.
 */
export async function feed(
  items: AsyncIterable<TerminalItem>,
  screen: Screen,
  gate: Gate,
  events: FeedEvents,
  link?: TerminalLink,
): Promise<void> {
  const characters = new WholeCharacters();
  let first = true;
  for await (const item of items) {
    await gate.pass();
    if (item.kind === 'gap') {
      characters.forget();
      link?.jumped(Number.parseInt(item.gap.resumesAt, 10), item.gap.reason === 'epoch');
      await screen.write(`${CANCEL}\x1b[0m\r\n\x1b[33m──── ${wordsFor(item.gap)} ────\x1b[0m\r\n`);
    } else if (item.kind === 'resize') {
      await screen.resize(item.cols, item.rows);
    } else if (item.kind === 'end') {
      await screen.write(characters.rest());
      link?.ended();
      events.ended(item.exitCode);
    } else if (item.data.length > 0) {
      const cut = link?.cutOff(item.offset, item.data) ?? 0;
      const offset = item.offset + cut;
      const data = item.data.subarray(cut);
      if (first) events.began(offset);
      const split = link?.splitAt(offset, data);
      if (split !== undefined) {
        await write(offset, data.subarray(0, split));
        await link!.reached();
      }
      await write(offset + (split ?? 0), data.subarray(split ?? 0));
      link?.wrote();
      first = false;
    }
  }

  async function write(offset: number, data: Uint8Array): Promise<void> {
    events.writing?.(offset, data);
    await screen.write(characters.take(data));
    events.shown(offset + data.length);
  }
}

function wordsFor({ missing, reason }: TerminalGap): string {
  const what = missing === undefined ? 'Some output' : bytes(missing);
  return `${what} ${reason === 'epoch' ? 'lost: the terminal began anew' : 'no longer kept'}`;
}
