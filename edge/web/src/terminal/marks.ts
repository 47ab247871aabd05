import type { IDecoration, IMarker, Terminal } from '@xterm/xterm';
import type { LinkScreen } from './link';

const BREAKS_MAX = 50;
const LINK_COLOUR = '#7aa8ff';
const LINK_GROUND = '#1d3356';
const BREAK_COLOUR = '#f2b84b';

/** So much of the screen stands above a line that a link leads to. */
const ABOVE = 1 / 3;

/** Marks beside and behind lines of a terminal; nothing of what its program wrote is changed. */
export class Marks implements LinkScreen {
  private link: { marker: IMarker; decoration: IDecoration | undefined } | undefined;
  private isRevealed = false;
  private breaks: { decoration: IDecoration; words: () => string }[] = [];

  constructor(
    private readonly term: Terminal,
    private readonly scrolled: () => void,
  ) {}

  /** Marks the line that is written now. */
  mark(): Promise<void> {
    return new Promise((resolve) => {
      this.term.write('', () => {
        const marker = this.term.registerMarker(0);
        if (marker) this.link = { marker, decoration: this.decorate(marker) };
        this.isRevealed = false;
        resolve();
      });
    });
  }

  /** Brings the line into view as soon as there is more below it than fits; from then on the reader moves. */
  reveal(): void {
    const { link, term } = this;
    if (!link || this.isRevealed || link.marker.line < 0) return;
    const top = Math.max(0, link.marker.line - Math.floor(term.rows * ABOVE));
    if (term.buffer.active.baseY <= top) return;
    this.isRevealed = true;
    term.scrollToLine(top);
    this.scrolled();
  }

  /** The connection broke when this line was the last one; `words` say more as soon as there is more to say. */
  markBreak(words: () => string): void {
    this.term.write('', () => {
      const marker = this.term.registerMarker(0);
      const decoration =
        marker &&
        this.term.registerDecoration({
          marker,
          width: this.term.cols,
          layer: 'top',
          overviewRulerOptions: { color: BREAK_COLOUR, position: 'full' },
        });
      if (!marker || !decoration) return; // while a program draws the whole screen there is no such line
      decoration.onRender((element) => {
        element.classList.add('terminal-break');
        element.dataset.testid = 'terminal-break';
        element.title = words();
      });
      this.breaks.push({ decoration, words });
      if (this.breaks.length > BREAKS_MAX) drop(this.breaks.shift()!.decoration);
    });
  }

  /** There is more to say of a break. */
  retitle(): void {
    for (const { decoration, words } of this.breaks) if (decoration.element) decoration.element.title = words();
  }

  clear(): void {
    this.link?.decoration?.dispose();
    this.link?.marker.dispose();
    this.link = undefined;
    for (const { decoration } of this.breaks) drop(decoration);
    this.breaks = [];
  }

  private decorate(marker: IMarker): IDecoration | undefined {
    const decoration = this.term.registerDecoration({
      marker,
      width: this.term.cols,
      backgroundColor: LINK_GROUND,
      layer: 'bottom',
      overviewRulerOptions: { color: LINK_COLOUR, position: 'full' },
    });
    decoration?.onRender((element) => {
      element.classList.add('terminal-target');
      element.dataset.testid = 'terminal-target';
    });
    return decoration;
  }
}

function drop(decoration: IDecoration): void {
  decoration.marker.dispose();
  decoration.dispose();
}
