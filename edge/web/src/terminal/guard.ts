import type { IParser } from '@xterm/xterm';

/** X10, and the modes in which a program is told of presses, moves and wheel, in any encoding of them. */
const MOUSE_MODES = new Set([9, 1000, 1001, 1002, 1003, 1005, 1006, 1015, 1016]);

/**
 * Keeps the mouse for the viewer: in a program's mouse mode the wheel would no longer scroll, and nothing could be
 * selected, though the program hears nothing from here. `write` writes to the same terminal.
 */
export function keepMouse(parser: Pick<IParser, 'registerCsiHandler'>, write: (data: string) => void): void {
  parser.registerCsiHandler({ prefix: '?', final: 'h' }, (params) => {
    const modes = params.map((mode) => (typeof mode === 'number' ? mode : mode[0]!));
    const mouse = modes.filter((mode) => MOUSE_MODES.has(mode));
    if (mouse.length === 0) return false;
    if (mouse.length === modes.length) return true;
    // With other modes in one sequence: those are to be set, so all are, and the mouse's are reset behind it.
    write(`\x1b[?${mouse.join(';')}l`);
    return false;
  });
}

/** Where a link that a program wrote leads, as the browser reads it; undefined if it is not to be followed. */
export function addressOf(link: string): string | undefined {
  try {
    const url = new URL(link);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
