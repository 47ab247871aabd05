import type { TerminalItem } from '@realtime/client';
import { bytes } from '../model/format';

/** Where bytes are shown. `write` resolves when they are on the screen. */
export interface Screen {
  write(data: Uint8Array | string): Promise<void>;
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

const LINE_BREAK = 0x0a;
const CUT_MAX = 4_096;

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
  let first = true;
  for await (const item of items) {
    await gate.pass();
    if (item.kind === 'gap') {
      const missing = item.gap.missing;
      const what = missing === undefined ? 'Some output' : bytes(missing);
      const why = item.gap.reason === 'epoch' ? 'lost: the terminal began anew' : 'no longer kept';
      await screen.write(`\x1b[0m\r\n\x1b[33m──── ${what} ${why} ────\x1b[0m\r\n`);
    } else if (item.kind === 'end') {
      events.ended(item.exitCode);
    } else if (item.kind === 'bytes' && item.data.length > 0) {
      if (first) events.began(item.offset);
      await screen.write(first && item.offset > 0 ? fromLineStart(item.data) : item.data);
      events.shown(item.offset + item.data.length);
      first = false;
    }
  }
}

// A tail may begin inside a character or an escape sequence: the rest of that line would be shown as rubbish.
function fromLineStart(data: Uint8Array): Uint8Array {
  const lineBreak = data.subarray(0, CUT_MAX).indexOf(LINE_BREAK);
  return lineBreak < 0 ? data : data.subarray(lineBreak + 1);
}
