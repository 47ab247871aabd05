import { beforeEach, describe, expect, it, vi } from 'vitest';

const device = new Map<string, string>();

async function load() {
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => device.get(key) ?? null,
    setItem: (key: string, value: string) => void device.set(key, value),
  });
  vi.resetModules();
  return import('../src/terminal/look');
}

describe('the look of a terminal', () => {
  beforeEach(() => device.clear());

  const room = (width: number, cols: number, rows = 40) => ({ width, cols, rows, fontSize: 12 });

  it('fits 120 columns into the width, within what is legible', async () => {
    const { lookFor, gridFor } = await load();
    const sizeIn = (width: number, cols: number) => lookFor({ wrap: false }, room(width, cols)).fontSize;
    expect(sizeIn(900, 120)).toBe(12);
    expect(sizeIn(900, 100)).toBe(10);
    expect(sizeIn(360, 50)).toBe(8.5);
    expect(sizeIn(2_000, 280)).toBe(13);
    expect(gridFor(lookFor({}, room(900, 100)), room(900, 100))).toEqual({ cols: 120, rows: 40 });
  });

  it('wraps lines where 120 columns cannot be legible, unless one wants otherwise', async () => {
    const { lookFor, gridFor } = await load();
    const mayWrap = true;
    expect(lookFor({}, room(900, 100))).toEqual({ wrap: false, mayWrap, fontSize: 10 });
    expect(lookFor({}, room(360, 50))).toEqual({ wrap: true, mayWrap, fontSize: 11 });
    expect(lookFor({ wrap: false }, room(360, 50))).toEqual({ wrap: false, mayWrap, fontSize: 8.5 });
    expect(lookFor({ fontSize: 16 }, room(900, 100))).toEqual({ wrap: false, mayWrap, fontSize: 16 });
    expect(gridFor(lookFor({}, room(360, 50)), room(360, 50))).toEqual({ cols: 50, rows: 40 });
  });

  it('shows what has a size in just that, in letters that let all of it be seen, or legible ones', async () => {
    const { lookFor, gridFor } = await load();
    const large = { cols: 160, rows: 50 };
    const small = { cols: 80, rows: 24 };
    const font = (in_: ReturnType<typeof room>, size = large) => lookFor({}, in_, size).fontSize;
    expect(font(room(1_300, 180, 60))).toBe(13);
    expect(font(room(1_000, 140, 60))).toBe(10.5);
    // The height counts as long as letters stay legible; what is wide is seen whole in smaller ones.
    expect(font(room(1_300, 180, 45))).toBe(10.75);
    expect(font(room(1_300, 180, 20))).toBe(8.5);
    expect(font(room(700, 95, 60))).toBe(7);
    expect(font(room(650, 90, 60))).toBe(8.5);
    expect(font(room(360, 48, 30), small)).toBe(7);
    expect(lookFor({}, room(360, 48), small).wrap).toBe(false);
    expect(lookFor({ fontSize: 16 }, room(360, 48), small).fontSize).toBe(16);
    expect(gridFor(lookFor({}, room(360, 48), large), room(360, 48), large)).toEqual(large);
  });

  it('wraps what has a size if one wants that, but not what draws the whole screen', async () => {
    const { lookFor, gridFor } = await load();
    const size = { cols: 160, rows: 50 };
    const wrapped = lookFor({ wrap: true }, room(360, 50), size);
    expect(wrapped).toEqual({ wrap: true, mayWrap: true, fontSize: 11 });
    expect(gridFor(wrapped, room(360, 50), size)).toEqual({ cols: 50, rows: 40 });
    const drawn = lookFor({ wrap: true }, room(360, 50), size, true);
    expect(drawn).toEqual({ wrap: false, mayWrap: false, fontSize: 8.5 });
    expect(gridFor(drawn, room(360, 50), size)).toEqual(size);
    expect(lookFor({ wrap: true }, room(360, 50), undefined, true).wrap).toBe(true);
  });

  it('is kept, and what is kept is not believed blindly', async () => {
    const look = await load();
    look.chooseLook({ fontSize: 16, wrap: true });
    expect((await load()).lookChoice.value).toEqual({ fontSize: 16, wrap: true });
    device.set('realtime.terminal', '{"fontSize":900,"wrap":"yes"}');
    expect((await load()).lookChoice.value).toEqual({ fontSize: look.FONT_MAX, wrap: undefined });
    device.set('realtime.terminal', '{');
    expect((await load()).lookChoice.value).toEqual({});
  });
});
