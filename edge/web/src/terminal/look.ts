import type { ITheme } from '@xterm/xterm';

/** What agents' pseudo-terminals are wide; PROTOCOL.md has no message for it yet. */
export const COLUMNS = 120;

export const FONT_FAMILY =
  'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

const FONT_MIN = 8.5;
const FONT_MAX = 13;

/** The font size at which 120 columns fill the width, given how many fit at the size now; within what is legible. */
export function fontSizeFor(width: number, sizeNow: number, columnsNow: number): number {
  if (width <= 0 || columnsNow <= 0) return sizeNow;
  const wanted = (sizeNow * columnsNow) / COLUMNS;
  const halves = Math.floor(wanted * 4) / 4;
  return Math.min(FONT_MAX, Math.max(FONT_MIN, halves));
}

/** Dark in both themes: programs choose their colours for it. */
export const TERMINAL_THEME: ITheme = {
  background: '#0c0e12',
  foreground: '#d6dbe3',
  cursor: '#0c0e12',
  selectionBackground: '#2f4a7a',
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
