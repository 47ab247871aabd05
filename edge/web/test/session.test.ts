import { describe, expect, it, vi } from 'vitest';
import { connectionView, type Link } from '../src/model/connection';
import { closedLink, linkOf } from '../src/model/link';
import { hashOf, parseRoute } from '../src/model/route';
import { check, codeOf, redeem } from '../src/model/signIn';
import { claimsOf, cleanToken, TokenStore } from '../src/model/token';

const encode = (value: unknown) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
const jwt = (claims: unknown) => `${encode({ alg: 'HS256' })}.${encode(claims)}.c2lnbmVk`;
const answer = (status: number, body: unknown) => vi.fn(async () => new Response(JSON.stringify(body), { status }));

describe('a token', () => {
  it('tells tenant, subject and expiry, whatever letters they have', () => {
    expect(claimsOf(jwt({ tenant: 'demo', sub: 'Zoë', exp: 100 }))).toEqual({
      tenant: 'demo',
      subject: 'Zoë',
      expiresAt: 100_000,
    });
    expect(claimsOf(jwt({ app_metadata: { tenant: 'acme' } }))?.tenant).toBe('acme');
  });

  it('is told from what is none', () => {
    for (const text of ['', 'a.b', 'a.b.c', 'a.b.c.d', `${encode({})}.${encode('text')}.x`, 'ä.b.c'])
      expect(claimsOf(text)).toBeUndefined();
  });

  it('is cut out of what people paste', () => {
    for (const pasted of ['a.b.c', ' Bearer a.b.c\n', "Authorization: Bearer 'a.b.c'", '"a.b.\n  c"'])
      expect(cleanToken(pasted)).toBe('a.b.c');
  });

  it('is kept for the tab, or for the device, never for both', () => {
    const storage = () => {
      const map = new Map<string, string>();
      return {
        map,
        getItem: (k: string) => map.get(k) ?? null,
        setItem: (k: string, v: string) => void map.set(k, v),
        removeItem: (k: string) => void map.delete(k),
      };
    };
    const [tab, device] = [storage(), storage()];
    const tokens = new TokenStore(tab, device);
    tokens.save('one', true);
    expect([tab.map.size, device.map.size, tokens.isKept()]).toEqual([0, 1, true]);
    tokens.save('two', false);
    expect([tab.map.size, device.map.size, tokens.load()]).toEqual([1, 0, 'two']);
    tokens.forget();
    expect(tokens.load()).toBeUndefined();
  });
});

describe('signing in', () => {
  it('reads a link’s fragment', () => {
    expect(codeOf('#code=ab%2Fc')).toBe('ab/c');
    for (const hash of ['', '#/', '#/agents/code=1', '#code=', '#token=a.b.c']) expect(codeOf(hash)).toBeUndefined();
  });

  it('trades a code for a token, by POST and in the body', async () => {
    const fetch = answer(200, { token: 'a.b.c' });
    expect(await redeem('x1', fetch)).toEqual({ token: 'a.b.c' });
    expect(fetch).toHaveBeenCalledWith('/sign-in', expect.objectContaining({ method: 'POST', body: '{"code":"x1"}' }));
  });

  it('says what the server says of a code that was used, and something if it says nothing', async () => {
    expect(await redeem('x', answer(410, { detail: 'This link was used.' }))).toEqual({
      problem: 'This link was used.',
    });
    expect(await redeem('x', answer(404, {}))).toMatchObject({ problem: expect.stringContaining('used already') });
    expect(await redeem('x', answer(200, {}))).toMatchObject({ problem: expect.stringContaining('without a token') });
  });

  it('tells expired, refused, forbidden and unreachable apart', async () => {
    const token = jwt({ tenant: 'demo' });
    const problem = async (status: number, body: unknown) =>
      ((await check(token, answer(status, body))) as { problem: string }).problem;
    expect(await problem(401, { code: 'token_expired' })).toMatch(/expired/);
    expect(await problem(401, { code: 'unauthorized', detail: 'no key fits' })).toMatch(/refused.*no key fits/);
    expect(await problem(403, { code: 'forbidden' })).toMatch(/may not read/);
    expect(await check(token, vi.fn().mockRejectedValue(new TypeError('failed')))).toMatchObject({
      problem: expect.stringMatching(/cannot be reached/),
    });
    expect(await check(token, answer(503, {}))).toEqual({ token });
    expect(await check(token, answer(200, {}))).toEqual({ token });
  });

  it('sends nothing that is no token, and a token only in a header', async () => {
    const fetch = answer(200, {});
    expect(await check('hello', fetch)).toHaveProperty('problem');
    expect(fetch).not.toHaveBeenCalled();
    const token = jwt({});
    await check(token, fetch);
    expect(fetch).toHaveBeenCalledWith(expect.not.stringContaining(token), {
      headers: { Authorization: `Bearer ${token}` },
    });
  });
});

describe('the address', () => {
  it('names an agent and a task, there and back', () => {
    for (const route of [{}, { agent: 'a1' }, { agent: 'a:1.x', task: 't:1' }])
      expect(parseRoute(hashOf(route))).toEqual(route);
  });

  it('is the list if it names nothing', () => {
    for (const hash of ['', '#', '#/agents/', '#/agents/%zz', '#/other/a']) expect(parseRoute(hash)).toEqual({});
  });
});

describe('the connection', () => {
  const view = (link: Link, lag = { ms: 0, at: 0 }, online = true, away = false) =>
    connectionView(link, lag, 10_000, online, away);

  it('is live, or behind while old events arrive', () => {
    expect(view({ status: 'connected' })).toMatchObject({ name: 'live', label: 'Live' });
    expect(view({ status: 'connected' }, { ms: 4_600, at: 9_500 })).toMatchObject({
      name: 'behind',
      label: 'Behind by 5 s',
    });
    expect(view({ status: 'connected' }, { ms: 4_600, at: 5_000 })).toMatchObject({ name: 'live' });
  });

  it('is not live while the log is away, which says nothing of a connection that is lost', () => {
    const away = (link: Link) => view(link, { ms: 4_600, at: 9_500 }, true, true);
    expect(away({ status: 'connected' })).toMatchObject({ name: 'log-away', label: 'Connected; the log is away' });
    expect(away({ status: 'connecting', attempt: 2 }).name).toBe('reconnecting');
  });

  it('counts down to the next attempt and says why', () => {
    const link: Link = { status: 'waiting', attempt: 3, nextAt: 13_200, reason: 'the connection broke' };
    expect(view(link)).toMatchObject({
      name: 'reconnecting',
      label: 'Reconnecting in 4 s',
      detail: 'attempt 3: the connection broke',
    });
    expect(view(link, undefined, false).detail).toMatch(/offline/);
    expect(connectionView(link, { ms: 0, at: 0 }, 14_000, true, false).label).toBe('Reconnecting…');
  });

  it('tells the first attempt from a later one', () => {
    expect(view({ status: 'connecting', attempt: 1 }).name).toBe('connecting');
    expect(view({ status: 'connecting', attempt: 2 }).name).toBe('reconnecting');
  });

  it('ends by the code', () => {
    const closed = (code: string) => view({ status: 'closed', code, detail: '' }).name;
    expect(['unauthorized', 'token_expired', 'forbidden', 'attempts_exhausted'].map(closed)).toEqual([
      'not-accepted',
      'expired',
      'refused',
      'closed',
    ]);
  });

  it('ends because the token ran out, or because it is refused before its time is over', () => {
    const code = (wire: string, expiresAt: number) =>
      closedLink({ code: wire, detail: '' } as never, expiresAt, 10_000) as { code: string };
    expect(code('unauthorized', 9_000).code).toBe('token_expired');
    expect(code('unauthorized', 12_000).code).toBe('token_expired'); // clocks differ
    expect(code('unauthorized', 60_000).code).toBe('unauthorized');
    expect(code('unauthorized', Infinity).code).toBe('unauthorized');
    expect(code('forbidden', 9_000).code).toBe('forbidden');
    expect(view({ status: 'closed', code: 'unauthorized', detail: '' }).label).toBe('Sign-in not accepted');
  });

  it('is what the SDK says', () => {
    expect(linkOf({ status: 'idle' })).toBeUndefined();
    expect(linkOf({ status: 'closed' })).toBeUndefined();
    expect(linkOf({ status: 'connected', session: 's' })).toEqual({ status: 'connected' });
    expect(
      linkOf({ status: 'waiting', attempt: 2, delay: 5, until: 9, reason: 'drain', error: undefined as never }),
    ).toEqual({ status: 'waiting', attempt: 2, nextAt: 9, reason: 'the server restarts' });
  });
});
