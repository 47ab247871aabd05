import { signal } from '@preact/signals';
import type { ISearchOptions } from '@xterm/addon-search';
import type { ITheme } from '@xterm/xterm';

/** What a terminal is taken to be wide that never said so, such as one that is piped. */
export const COLUMNS = 120;

export const FONT_FAMILY =
  'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

export const FONT_MIN = 7;
export const FONT_MAX = 28;

/** Where nobody chose: the columns are made to fit, in letters from here to there. */
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
      fontSize: typeof fontSize === 'number' ? clamp(fontSize, FONT_MIN, FONT_MAX) : undefined,
      wrap: typeof wrap === 'boolean' ? wrap : undefined,
    };
  } catch {
    return {};
  }
}

/** In characters. */
export interface Grid {
  cols: number;
  rows: number;
}

/** The room that there is, and what fits into it in letters of this size. */
export interface Room extends Grid {
  width: number;
  fontSize: number;
}

export interface Look {
  fontSize: number;
  /** Lines end where the screen does; else they are as long as the program believes, and one scrolls sideways. */
  wrap: boolean;
  /** False while a program draws the whole screen: wrapped, that would be rubbish. */
  mayWrap: boolean;
}

/**
 * How a terminal is to look: `size` is the one that its program writes for, if it is known; `drawn`: by a program that
 * draws the whole screen. What has a size is shown as it is meant, and wrapped only if one wants that.
 */
export function lookFor(choice: LookChoice, room: Room, size?: Grid, drawn = false): Look {
  const mayWrap = !(drawn && size !== undefined);
  const isNarrow = room.width < NARROW_PX;
  const wrap = mayWrap && (choice.wrap ?? (isNarrow && size === undefined));
  const fitted = wrap && isNarrow ? NARROW_FONT : size && !wrap ? fontForScreen(room, size) : fontForWidth(room);
  return { wrap, mayWrap, fontSize: choice.fontSize ?? fitted };
}

/** The grid for a look: the program's own, unless lines are wrapped or it has none. */
export function gridFor({ wrap }: Look, room: Grid, size?: Grid): Grid {
  const { cols, rows } = room;
  if (wrap) return { cols: Math.max(2, Math.min(size?.cols ?? COLUMNS, cols)), rows: Math.max(2, rows) };
  return size ?? { cols: COLUMNS, rows: Math.max(2, rows) };
}

/** The size of letters in which 120 columns fill the width; within what is legible. */
function fontForWidth(room: Room): number {
  return clamp(fittingFont(room.fontSize, room.cols, COLUMNS), FITTED_MIN, FITTED_MAX);
}

// All of a screen is seen at once if that is possible at all: across in the smallest letters, down only in legible
// ones, since what is written is mostly read at its end. Else one scrolls, and then letters may as well be legible.
function fontForScreen(room: Room, size: Grid): number {
  const across = fittingFont(room.fontSize, room.cols, size.cols);
  const down = Math.max(FITTED_MIN, fittingFont(room.fontSize, room.rows, size.rows));
  return across < FONT_MIN ? FITTED_MIN : Math.min(FITTED_MAX, across, down);
}

// In quarters of a px, as if letters were as much smaller as there are more of them.
function fittingFont(sizeNow: number, fitNow: number, wanted: number): number {
  return fitNow > 0 ? Math.floor((sizeNow * fitNow * 4) / wanted) / 4 : sizeNow;
}

function clamp(value: number, from: number, to: number): number {
  return Math.min(to, Math.max(from, value));
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
