import { signal } from '@preact/signals';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon, type ISearchOptions } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import type { Screen } from './feed';
import { addressOf, keepMouse } from './guard';
import { LineIndex } from './lineIndex';
import { Marks } from './marks';
import { COLUMNS, FONT_FAMILY, FOUND, gridFor, lookFor, TERMINAL_THEME } from './look';
import type { Grid, Look, LookChoice } from './look';
import { textOf } from './text';

export const SCROLLBACK_LINES = 10_000;
const SCROLLBAR_PX = 10;
const FOUND_MAX = 1_000;

export interface Found {
  at: number;
  count: number;
  isMore: boolean;
}

export interface ScreenEvents {
  /** Whether somebody has scrolled up from the end. */
  scrolled(up: boolean): void;
  /** A link that the program wrote was clicked. */
  link(address: string): void;
}

/** xterm.js, as the page uses it: read-only, following its end unless one scrolls up, in letters that fit. */
export class TerminalScreen implements Screen {
  readonly term: Terminal;
  /** How it looks now. */
  readonly look = signal<Look>({ fontSize: 12, wrap: false, mayWrap: true });
  /** What the program writes for, if it is known. */
  readonly size = signal<Grid | undefined>(undefined);
  /** It holds all the lines that it may: the oldest go. */
  readonly full = signal(false);
  /** Where in what was found one is, from 1 (0: nowhere), and how much was found. */
  readonly found = signal<Found>({ at: 0, count: 0, isMore: false });
  /** Lines that are marked: what a link leads to, where the connection broke. */
  readonly marks: Marks;
  private readonly lines = new LineIndex();
  private readonly fit = new FitAddon();
  private readonly search = new SearchAddon({ highlightLimit: FOUND_MAX });
  private readonly resized = new ResizeObserver(() => this.fitIn());
  private readonly listening: { dispose(): void }[];
  private caseSensitive = false;
  private isOver = false;
  private cursorRow = -1;

  constructor(
    private readonly element: HTMLElement,
    private choice: LookChoice,
    private readonly events: ScreenEvents,
  ) {
    const term = (this.term = newTerminal((address) => events.link(address)));
    // What is piped ends its lines by a line feed alone. Programs that draw the whole screen mean it as it stands.
    term.buffer.onBufferChange((buffer) => {
      term.options.convertEol = buffer.type === 'normal';
      if (this.size.peek()) this.fitIn();
    });
    keepMouse(term.parser, (data) => term.write(data));
    this.marks = new Marks(term, () => this.onScroll());
    term.loadAddon(this.fit);
    term.loadAddon(this.search);
    term.open(element);
    term.textarea?.setAttribute('aria-label', 'Terminal output, read-only. Arrow keys and Page Up and Down scroll.');
    term.textarea?.setAttribute('readonly', '');
    this.listening = [
      term.onScroll(this.onScroll),
      term.onWriteParsed(this.onParsed),
      this.search.onDidChangeResults(({ resultIndex, resultCount }) => {
        this.found.value = { at: resultIndex + 1, count: resultCount, isMore: resultCount >= FOUND_MAX };
      }),
    ];
    element.addEventListener('wheel', this.onScroll, { passive: true });
    element.addEventListener('scroll', this.onScroll, { capture: true, passive: true });
    this.resized.observe(element);
  }

  get isScrolledUp(): boolean {
    const { viewportY, baseY } = this.term.buffer.active;
    return viewportY < baseY;
  }

  /** Resolves when xterm.js has parsed it: what is faster than that is never asked for. */
  write(data: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => (this.isOver ? resolve() : this.term.write(data, resolve)));
  }

  resize(cols: number, rows: number): Promise<void> {
    return this.inTurn(() => {
      this.size.value = { cols, rows };
      // The program draws the line of its cursor anew; it does not when it is us who wrap.
      this.term.options.reflowCursorLine = false;
      this.fitIn();
      this.term.options.reflowCursorLine = true;
    });
  }

  get linking(): Marks {
    return this.marks;
  }

  noteBytes(offset: number, data: Uint8Array): void {
    if (this.term.buffer.active.type === 'normal') {
      this.lines.note(offset, data, () => this.term.registerMarker(0));
    }
  }

  /** The byte that the line begins with which is selected, else the first in view, or the last if one is at the end. */
  offsetHere(): number | undefined {
    const { active } = this.term.buffer;
    if (active.type !== 'normal') return this.lines.end;
    let line = this.term.getSelectionPosition()?.start.y;
    line ??= this.isScrolledUp ? active.viewportY : active.baseY + active.cursorY;
    while (line > 0 && active.getLine(line)?.isWrapped) line--;
    return this.lines.offsetAt(line, active);
  }

  clear(): void {
    void this.inTurn(() => {
      this.lines.clear();
      this.marks.clear();
      this.term.reset();
      this.full.value = false;
      if (this.size.peek() === undefined) return;
      this.size.value = undefined;
      this.fitIn();
    });
  }

  /** Goes to the next place of a text, or the one before; with an empty one ends the search. */
  find(text: string, way: 'next' | 'previous' | 'typed', caseSensitive: boolean): void {
    if (text === '') {
      this.search.clearDecorations();
      this.term.clearSelection();
      this.found.value = { at: 0, count: 0, isMore: false };
      return;
    }
    // The addon counts anew for another text, not for another choice about the same one.
    if (this.caseSensitive !== caseSensitive) this.search.clearDecorations();
    this.caseSensitive = caseSensitive;
    const options: ISearchOptions = { caseSensitive, incremental: way === 'typed', decorations: FOUND };
    if (way === 'previous') this.search.findPrevious(text, options);
    else this.search.findNext(text, options);
  }

  /** What is selected; else all that is held. */
  text(): string {
    return this.term.hasSelection() ? this.term.getSelection() : textOf(this.term.buffer.active);
  }

  choose(choice: LookChoice): void {
    this.choice = choice;
    this.fitIn();
  }

  toEnd(): void {
    this.term.scrollToBottom();
  }

  /** Scrolls by a key; false if that is none for it. */
  scrollBy(key: string): boolean {
    const { term } = this;
    const lines = { ArrowUp: -1, ArrowDown: 1, PageUp: -term.rows + 1, PageDown: term.rows - 1 }[key];
    if (lines !== undefined) term.scrollLines(lines);
    else if (key === 'Home') term.scrollToTop();
    else if (key === 'End') term.scrollToBottom();
    else return false;
    return true;
  }

  dispose(): void {
    this.isOver = true;
    this.resized.disconnect();
    this.element.removeEventListener('wheel', this.onScroll);
    this.element.removeEventListener('scroll', this.onScroll, { capture: true });
    for (const listener of this.listening) listener.dispose();
    this.term.dispose();
  }

  // Behind what was written so far and before what is written next: in the callback itself, not in a turn after it.
  private inTurn(act: () => void): Promise<void> {
    return new Promise((resolve) => {
      if (this.isOver) return resolve();
      this.term.write('', () => {
        if (!this.isOver) act();
        resolve();
      });
    });
  }

  private readonly onParsed = () => {
    const { buffer, rows } = this.term;
    this.full.value = buffer.normal.length >= SCROLLBACK_LINES + rows;
    this.onScroll();
    this.showCursor();
  };

  // Where the screen is higher than the room for it, one sees where the program writes; unless it stands still there.
  private showCursor(): void {
    const { element, term } = this;
    const row = term.buffer.active.cursorY;
    if (row === this.cursorRow || this.isScrolledUp) return;
    this.cursorRow = row;
    const height = term.element!.querySelector('.xterm-screen')!.clientHeight / term.rows;
    const [top, bottom] = [row * height, (row + 1) * height];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  }

  private readonly onScroll = () => this.events.scrolled(this.isScrolledUp);

  private fitIn(): void {
    const { term } = this;
    const before = this.fit.proposeDimensions();
    if (!before || !Number.isFinite(before.cols) || before.cols < 2) return;
    const size = this.size.peek();
    const room = { ...before, width: this.element.clientWidth, fontSize: term.options.fontSize! };
    const look = lookFor(this.choice, room, size, term.buffer.active.type === 'alternate');
    if (look.fontSize !== term.options.fontSize) term.options.fontSize = look.fontSize;
    const { fontSize, wrap, mayWrap } = this.look.peek();
    if (fontSize !== look.fontSize || wrap !== look.wrap || mayWrap !== look.mayWrap) this.look.value = look;
    const follows = !this.isScrolledUp;
    const selected = term.getSelectionPosition();
    const colsBefore = term.cols;
    const { cols, rows } = gridFor(look, this.fit.proposeDimensions() ?? before, size);
    term.resize(cols, rows);
    this.cursorRow = -1;
    if (follows) term.scrollToBottom();
    // xterm.js forgets what is selected with each new size; in lines as long as before it is where it was.
    if (selected && !term.hasSelection() && term.cols === colsBefore) {
      const { start, end } = selected;
      term.select(start.x, start.y, end.x - start.x + (end.y - start.y) * term.cols);
    }
  }
}

function newTerminal(onLink: (address: string) => void): Terminal {
  return new Terminal({
    cols: COLUMNS,
    rows: 24,
    disableStdin: true,
    cursorInactiveStyle: 'none',
    cursorStyle: 'bar',
    scrollback: SCROLLBACK_LINES,
    fontFamily: FONT_FAMILY,
    fontSize: 12,
    lineHeight: 1.2,
    theme: TERMINAL_THEME,
    drawBoldTextInBrightColors: true,
    scrollOnUserInput: false,
    reflowCursorLine: true,
    convertEol: true,
    allowProposedApi: true, // what was found is marked by decorations
    overviewRuler: { width: SCROLLBAR_PX },
    allowTransparency: false,
    linkHandler: {
      activate: (_, text) => {
        const address = addressOf(text);
        if (address !== undefined) onLink(address);
      },
    },
  });
}
