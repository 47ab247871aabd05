import { signal } from '@preact/signals';
import type { ISearchOptions } from '@xterm/addon-search';
import type { ITheme } from '@xterm/xterm';

/** What agents' pseudo-terminals are wide; PROTOCOL.md has no message for it yet. */
export const COLUMNS = 120;

export const FONT_FAMILY =
  'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

export const FONT_MIN = 7;
export const FONT_MAX = 28;

/** Where nobody chose: 120 columns are made to fit, in letters from here to there. */
const FITTED_MIN = 8.5;
const FITTED_MAX = 13;

/** A screen narrower than this cannot show 120 columns legibly: there lines are wrapped unless one wants otherwise. */
const NARROW_PX = 560;
const NARROW_FONT = 11;

/** What the reader chose, for all terminals; undefined: as it fits. */
export interface LookChoice {
  fontSize?: number;
  wrap?: boolean;
}

const KEY = 'realtime.terminal';

export const lookChoice = signal<LookChoice>(stored());

export function chooseLook(choice: LookChoice): void {
  lookChoice.value = choice;
  localStorage.setItem(KEY, JSON.stringify(choice));
}

function stored(): LookChoice {
  try {
    const { fontSize, wrap } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, unknown>;
    return {
      fontSize: typeof fontSize === 'number' ? Math.min(FONT_MAX, Math.max(FONT_MIN, fontSize)) : undefined,
      wrap: typeof wrap === 'boolean' ? wrap : undefined,
    };
  } catch {
    return {};
  }
}

export interface Look {
  fontSize: number;
  /** Lines end where the screen does; else they are as long as the program believes, and one scrolls sideways. */
  wrap: boolean;
}

/** How a terminal is to look on so many px, given how many columns fit into them at a font size. */
export function lookFor(choice: LookChoice, width: number, sizeNow: number, columnsNow: number): Look {
  const wrap = choice.wrap ?? width < NARROW_PX;
  const fitted = wrap && width < NARROW_PX ? NARROW_FONT : fontSizeFor(width, sizeNow, columnsNow);
  return { wrap, fontSize: choice.fontSize ?? fitted };
}

/** The font size at which 120 columns fill the width, given how many fit at the size now; within what is legible. */
export function fontSizeFor(width: number, sizeNow: number, columnsNow: number): number {
  if (width <= 0 || columnsNow <= 0) return sizeNow;
  const wanted = (sizeNow * columnsNow) / COLUMNS;
  const quarters = Math.floor(wanted * 4) / 4;
  return Math.min(FITTED_MAX, Math.max(FITTED_MIN, quarters));
}

/** How what was found is marked, in the text and beside the scrollbar. */
export const FOUND: ISearchOptions['decorations'] = {
  matchBackground: '#4a4020',
  matchOverviewRuler: '#e6c15c',
  activeMatchBackground: '#8a6a00',
  activeMatchBorder: '#f3d889',
  activeMatchColorOverviewRuler: '#ffffff',
};

/** Dark in both themes: programs choose their colours for it. */
export const TERMINAL_THEME: ITheme = {
  background: '#0c0e12',
  foreground: '#d6dbe3',
  cursor: '#0c0e12',
  selectionBackground: '#2f4a7a',
  scrollbarSliderBackground: '#8591a34d',
  scrollbarSliderHoverBackground: '#8591a380',
  scrollbarSliderActiveBackground: '#8591a3b3',
  overviewRulerBorder: '#0c0e12',
  black: '#4a5361',
  red: '#ff7b7b',
  green: '#6fd08c',
  yellow: '#e6c15c',
  blue: '#7aa8ff',
  magenta: '#d19bf5',
  cyan: '#5fcdd9',
  white: '#d6dbe3',
  brightBlack: '#8591a3',
  brightRed: '#ff9c9c',
  brightGreen: '#94e3ab',
  brightYellow: '#f3d889',
  brightBlue: '#a3c3ff',
  brightMagenta: '#e2bdfa',
  brightCyan: '#8fe3ec',
  brightWhite: '#ffffff',
};
