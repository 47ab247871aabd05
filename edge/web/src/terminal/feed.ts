import type { TerminalGap, TerminalItem } from '@realtime/client';
import { bytes } from '../model/format';
import { WholeCharacters } from './characters';

/** Where bytes are shown. Both resolve when all before is on the screen, and this too. */
export interface Screen {
  write(data: Uint8Array | string): Promise<void>;
  /** From here on the program writes for this size. */
  resize(cols: number, rows: number): Promise<void>;
}

/** Why a feed is held: somebody reads further up, or wants it to stand still. */
export type HoldReason = 'reading' | 'paused';

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
): Promise<void> {
  const characters = new WholeCharacters();
  let first = true;
  for await (const item of items) {
    await gate.pass();
    if (item.kind === 'gap') {
      characters.forget();
      await screen.write(`${CANCEL}\x1b[0m\r\n\x1b[33m──── ${wordsFor(item.gap)} ────\x1b[0m\r\n`);
    } else if (item.kind === 'resize') {
      await screen.resize(item.cols, item.rows);
    } else if (item.kind === 'end') {
      await screen.write(characters.rest());
      events.ended(item.exitCode);
    } else if (item.data.length > 0) {
      if (first) events.began(item.offset);
      await screen.write(characters.take(item.data));
      events.shown(item.offset + item.data.length);
      first = false;
    }
  }
}

function wordsFor({ missing, reason }: TerminalGap): string {
  const what = missing === undefined ? 'Some output' : bytes(missing);
  return `${what} ${reason === 'epoch' ? 'lost: the terminal began anew' : 'no longer kept'}`;
}
