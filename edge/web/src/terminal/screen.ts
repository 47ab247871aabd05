import { signal } from '@preact/signals';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { Screen } from './feed';
import { addressOf, keepMouse } from './guard';
import { COLUMNS, FONT_FAMILY, lookFor, TERMINAL_THEME, type Look, type LookChoice } from './look';

export const SCROLLBACK_LINES = 10_000;
const SCROLLBAR_PX = 10;

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
  readonly look = signal<Look>({ fontSize: 12, wrap: false });
  private readonly fit = new FitAddon();
  private readonly resized = new ResizeObserver(() => this.fitIn());
  private readonly listening: { dispose(): void }[];
  private isOver = false;

  constructor(
    private readonly element: HTMLElement,
    private choice: LookChoice,
    private readonly events: ScreenEvents,
  ) {
    const term = (this.term = newTerminal((address) => events.link(address)));
    // What is piped ends its lines by a line feed alone. Programs that draw the whole screen mean it as it stands.
    term.buffer.onBufferChange((buffer) => (term.options.convertEol = buffer.type === 'normal'));
    keepMouse(term.parser, (data) => term.write(data));
    term.loadAddon(this.fit);
    term.open(element);
    term.textarea?.setAttribute('aria-label', 'Terminal output, read-only. Arrow keys and Page Up and Down scroll.');
    term.textarea?.setAttribute('readonly', '');
    this.listening = [term.onScroll(this.onScroll), term.onWriteParsed(this.onScroll)];
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

  private readonly onScroll = () => this.events.scrolled(this.isScrolledUp);

  // The program believes in 120 columns: more are never shown, and fewer only if lines are to be wrapped.
  private fitIn(): void {
    const { term } = this;
    const before = this.fit.proposeDimensions();
    if (!before || !Number.isFinite(before.cols) || before.cols < 2) return;
    const look = lookFor(this.choice, this.element.clientWidth, term.options.fontSize!, before.cols);
    if (look.fontSize !== term.options.fontSize) term.options.fontSize = look.fontSize;
    const { fontSize, wrap } = this.look.peek();
    if (fontSize !== look.fontSize || wrap !== look.wrap) this.look.value = look;
    const { cols, rows } = this.fit.proposeDimensions() ?? before;
    const follows = !this.isScrolledUp;
    term.resize(look.wrap ? Math.min(COLUMNS, Math.max(2, cols)) : COLUMNS, Math.max(2, rows));
    if (follows) term.scrollToBottom();
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
    convertEol: true,
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
