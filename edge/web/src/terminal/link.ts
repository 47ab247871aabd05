import { signal } from '@preact/signals';
import { terminalPlaceText, type TerminalPlace } from '../model/names';

/** So much before the byte is shown too, so that one sees in what it stands. */
export const BEFORE_BYTES = 65_536;

const LINE_FEED = 10;

/** How it stands with the byte that a link leads to. */
export type LinkState = 'looking' | 'shown' | 'gone' | 'anew' | 'ahead';

/** Where a mark is put on the screen, and brought into view. */
export interface LinkScreen {
  mark(): Promise<void>;
  /** To be called as more is written behind it, until there is enough. */
  reveal(): void;
}

/** The way to one byte of a terminal: begins some lines before it, marks its line, and says if it is not there. */
export class TerminalLink {
  readonly state = signal<LinkState>('looking');
  private isFirst = true;

  constructor(
    private readonly place: TerminalPlace,
    private readonly screen: LinkScreen,
  ) {}

  get from(): string {
    return terminalPlaceText({ ...this.place, offset: Math.max(0, this.place.offset - BEFORE_BYTES) });
  }

  /** How many of these bytes are to be left out: what is before the first whole line, if one begins before the place. */
  cutOff(offset: number, data: Uint8Array): number {
    const { isFirst } = this;
    this.isFirst = false;
    if (!isFirst || offset === 0) return 0;
    const next = data.indexOf(LINE_FEED) + 1;
    return offset + next <= this.place.offset ? next : 0;
  }

  /** Where in these bytes the place is; undefined if not in them. */
  splitAt(offset: number, data: Uint8Array): number | undefined {
    if (this.state.peek() !== 'looking') return undefined;
    const at = this.place.offset - offset;
    if (at < 0) this.state.value = 'gone';
    return at >= 0 && at <= data.length ? at : undefined;
  }

  /** Everything before the place is on the screen. */
  async reached(): Promise<void> {
    this.state.value = 'shown';
    await this.screen.mark();
  }

  /** More was written. */
  wrote(): void {
    if (this.state.peek() === 'shown') this.screen.reveal();
  }

  /** Bytes are gone; what comes next begins at `resumes`. */
  jumped(resumes: number, isAnew: boolean): void {
    if (this.state.peek() !== 'looking') return;
    if (isAnew) this.state.value = 'anew';
    else if (resumes > this.place.offset) this.state.value = 'gone';
  }

  ended(): void {
    if (this.state.peek() === 'looking') this.state.value = 'ahead';
  }
}

/** What is said of it; undefined where what one sees says enough. */
export function linkWords(state: LinkState): string | undefined {
  switch (state) {
    case 'gone':
      return 'The output that the link leads to is no longer kept.';
    case 'anew':
      return 'The terminal began anew since the link was made, or never had so much output.';
    case 'ahead':
      return 'The terminal ended before the place that the link leads to.';
    default:
      return undefined;
  }
}
