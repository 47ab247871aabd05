import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeWorld, settle, stateOf } from './support/fakeWorld.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const fetchFailed = (code: string, message = '') =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });

test.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /certificate is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\).*NODE_EXTRA_CA_CERTS=/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /certificate is not trusted.*NODE_EXTRA_CA_CERTS=/],
  ['CERT_HAS_EXPIRED', /certificate does not hold now/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate is for another name/],
  ['ECONNREFUSED', /^the server could not be reached: ECONNREFUSED$/],
])('%s is told with its cure, of requests and of the connection', async (code, told) => {
  world.answer = () => Promise.reject(fetchFailed(code));
  const client = world.client();
  client.subscribe();
  (await world.socket(1)).end(1006);
  await settle();
  expect(stateOf(client, 'waiting')).toMatchObject({
    reason: 'unreachable',
    error: { code: 'network', detail: expect.stringMatching(told) },
  });
  await expect(client.values()).rejects.toMatchObject({ code: 'network', detail: expect.stringMatching(told) });
  await client.close();
});

test('a browser, which says nothing, is told of what it may be', async () => {
  world.answer = () => Promise.reject(new TypeError('Failed to fetch'));
  const client = world.client();
  await expect(client.values()).rejects.toMatchObject({
    detail: 'the server could not be reached, or its certificate or this origin is not accepted (Failed to fetch)',
  });
  await client.close();
});
