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

  it('fits 120 columns into the width, within what is legible', async () => {
    const { fontSizeFor } = await load();
    expect(fontSizeFor(900, 12, 120)).toBe(12);
    expect(fontSizeFor(900, 12, 100)).toBe(10);
    expect(fontSizeFor(360, 12, 50)).toBe(8.5);
    expect(fontSizeFor(2_000, 12, 280)).toBe(13);
  });

  it('wraps lines where 120 columns cannot be legible, unless one wants otherwise', async () => {
    const { lookFor } = await load();
    expect(lookFor({}, 900, 12, 100)).toEqual({ wrap: false, fontSize: 10 });
    expect(lookFor({}, 360, 12, 50)).toEqual({ wrap: true, fontSize: 11 });
    expect(lookFor({ wrap: false }, 360, 12, 50)).toEqual({ wrap: false, fontSize: 8.5 });
    expect(lookFor({ fontSize: 16 }, 900, 12, 100)).toEqual({ wrap: false, fontSize: 16 });
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
