import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { App } from '../src/model/app';

const lives: FakeLive[] = [];

class FakeLive {
  stopped = false;
  link: { value: { status: string; code: string } | undefined } = { value: undefined };
  renewed: string[] = [];
  constructor(
    readonly token: string,
    _seen: unknown,
    readonly expiring: () => void,
  ) {
    lives.push(this);
  }
  renew(token: string) {
    this.renewed.push(token);
  }
  show() {}
  stop() {
    this.stopped = true;
  }
}

vi.mock('../src/model/live', () => ({ Live: FakeLive }));

const encode = (value: unknown) => btoa(JSON.stringify(value)).replace(/=+$/, '');
const token = (sub: string, exp?: number) => `${encode({ alg: 'HS256' })}.${encode({ tenant: 'demo', sub, exp })}.c2ln`;

function storage() {
  const map = new Map<string, string>();
  return {
    map,
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
}

/** All tabs of one browser. */
class FakeChannel {
  static all: FakeChannel[] = [];
  onmessage: ((message: { data: unknown }) => void) | null = null;
  constructor() {
    FakeChannel.all.push(this);
  }
  postMessage(data: unknown) {
    for (const other of FakeChannel.all) if (other !== this) other.onmessage?.({ data });
  }
}

describe('a sign-in link', () => {
  const listeners = new Map<string, () => void>();
  let place: { hash: string; pathname: string; search: string };
  let device: ReturnType<typeof storage>;
  let fetch: ReturnType<typeof vi.fn>;
  let app: App;

  beforeEach(async () => {
    lives.length = 0;
    place = { hash: '', pathname: '/', search: '' };
    device = storage();
    fetch = vi.fn(async () => new Response(JSON.stringify({ token: token('other') })));
    vi.stubGlobal('window', { addEventListener: (name: string, on: () => void) => listeners.set(name, on) });
    vi.stubGlobal('navigator', { onLine: true });
    vi.stubGlobal('location', place);
    vi.stubGlobal('history', { replaceState: (_: unknown, __: string, to: string) => (place.hash = to.slice(1)) });
    vi.stubGlobal('sessionStorage', storage());
    vi.stubGlobal('localStorage', device);
    vi.stubGlobal('fetch', fetch);
    FakeChannel.all = [];
    vi.stubGlobal('BroadcastChannel', FakeChannel);
    vi.resetModules();
    app = new (await import('../src/model/app')).App();
  });

  const open = (hash: string) => {
    place.hash = hash;
    listeners.get('hashchange')!();
  };

  it('signs in where nobody is, and is asked for nothing', async () => {
    place.hash = '#code=x1';
    await app.start();
    expect(place.hash).toBe('#/');
    expect(app.offer.value).toBeUndefined();
    expect(lives.map((live) => live.token)).toEqual([token('other')]);
  });

  it('with a token in it does nothing', async () => {
    place.hash = `#token=${token('other')}`;
    await app.start();
    expect(fetch).not.toHaveBeenCalled();
    expect(lives).toEqual([]);
  });

  describe('while somebody is signed in', () => {
    beforeEach(async () => {
      device.setItem('realtime.token', token('me'));
      await app.start();
    });

    it('is used for nothing before they say so: the session and the kept token stay', () => {
      open('#code=x1');
      expect([place.hash, app.offer.value]).toEqual(['#/', 'x1']);
      app.declineOffer();
      expect(app.offer.value).toBeUndefined();
      expect(fetch).not.toHaveBeenCalled();
      expect([lives.length, lives[0]!.stopped]).toEqual([1, false]);
      expect([...device.map.values()]).toEqual([token('me')]);
    });

    it('is asked about also when the page begins with it', async () => {
      place.hash = '#code=x2';
      app = new (await import('../src/model/app')).App();
      await app.start();
      expect(app.offer.value).toBe('x2');
      expect(lives.map((live) => live.token)).toEqual([token('me'), token('me')]);
    });

    it('signs in anew when they want it', async () => {
      open('#code=x1');
      await app.acceptOffer();
      expect(app.offer.value).toBeUndefined();
      expect(lives.map((live) => [live.token, live.stopped])).toEqual([
        [token('me'), true],
        [token('other'), false],
      ]);
      expect(device.map.size).toBe(0);
    });

    it('leaves the session alone if it is refused, and says why', async () => {
      fetch.mockResolvedValue(new Response(JSON.stringify({ detail: 'This link was used.' }), { status: 410 }));
      open('#code=x1');
      await app.acceptOffer();
      expect([app.offer.value, app.problem.value]).toEqual(['x1', 'This link was used.']);
      expect(lives[0]!.stopped).toBe(false);
      expect(device.map.size).toBe(1);
    });
  });

  describe('another tab', () => {
    const another = async () => new (await import('../src/model/app')).App();

    it('is signed in as the one it was opened from, and both are signed out together', async () => {
      vi.stubGlobal('sessionStorage', storage());
      const first = await another();
      await first.start();
      fetch.mockImplementation(async () => new Response('{}'));
      await first.signIn(token('me'), false);
      expect(lives).toHaveLength(1);
      const tab = storage();
      vi.stubGlobal('sessionStorage', tab);
      const second = await another();
      await second.start();
      expect(second.asking.value).toBe(false);
      expect(lives.map((live) => live.token)).toEqual([token('me'), token('me')]);
      expect([...tab.map.values()]).toEqual([token('me')]);
      first.signOut();
      expect(lives.map((live) => live.stopped)).toEqual([true, true]);
      expect([second.live.value, tab.map.size]).toEqual([undefined, 0]);
    });

    it('of somebody else stays signed in', async () => {
      fetch.mockImplementation(async () => new Response('{}'));
      await app.signIn(token('me'), false);
      vi.stubGlobal('sessionStorage', storage());
      const second = await another();
      await second.signIn(token('other'), false);
      app.signOut();
      expect(lives.map((live) => live.stopped)).toEqual([true, false]);
    });
  });

  it.each([
    [
      'the same user, signed in anew',
      [token('me', 900), token('other', 3_000), token('me', 2_000)],
      [token('me', 2_000)],
    ],
    ['another user', [token('other', 2_000)], []],
    ['the same user, by the same sign-in', [token('me', 1_000)], []],
    ['nobody', [], []],
  ])('that ends soon is followed by that of another tab, which has %s', async (_, others, renewed) => {
    vi.useFakeTimers();
    device.setItem('realtime.token', token('me', 1_000));
    await app.start();
    for (const other of others) {
      const tab = new FakeChannel();
      tab.onmessage = ({ data }) =>
        (data as { kind: string }).kind === 'ask' && tab.postMessage({ kind: 'token', token: other });
    }
    lives[0]!.expiring();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(lives[0]!.renewed).toEqual(renewed);
    expect(device.map.get('realtime.token')).toBe(renewed[0] ?? token('me', 1_000));
    expect(lives).toHaveLength(1);
    vi.useRealTimers();
  });

  it('that ends soon is followed by what another tab kept, which is closed by now', async () => {
    vi.useFakeTimers();
    device.setItem('realtime.token', token('me', 1_000));
    await app.start();
    device.setItem('realtime.token', token('me', 2_000));
    lives[0]!.expiring();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(lives[0]!.renewed).toEqual([token('me', 2_000)]);
    vi.useRealTimers();
  });

  it('that ran out is told to no other tab', async () => {
    device.setItem('realtime.token', token('me', 1_000));
    await app.start();
    lives[0]!.link.value = { status: 'closed', code: 'token_expired' };
    const tab = new FakeChannel();
    const heard = vi.fn();
    tab.onmessage = heard;
    tab.postMessage({ kind: 'ask' });
    expect(heard).not.toHaveBeenCalled();
  });

  it('that ends soon is followed by none once it is signed out', async () => {
    vi.useFakeTimers();
    device.setItem('realtime.token', token('me', 1_000));
    await app.start();
    const tab = new FakeChannel();
    tab.onmessage = ({ data }) =>
      (data as { kind: string }).kind === 'ask' && tab.postMessage({ kind: 'token', token: token('me', 2_000) });
    lives[0]!.expiring();
    app.signOut();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(lives).toHaveLength(1);
    expect(lives[0]!.renewed).toEqual([]);
    expect(device.map.has('realtime.token')).toBe(false);
    vi.useRealTimers();
  });
});
