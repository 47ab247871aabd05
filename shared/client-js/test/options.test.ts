import { describe, expect, test } from 'vitest';
import { RealtimeClient } from '../src/client.js';
import { checkOptions, type ClientOptions } from '../src/options.js';

const good: ClientOptions = { url: 'https://edge.test', token: 't' };

describe('options', () => {
  test('have the defaults that CLIENTS.md says', () => {
    const { url, token, format, ...numbers } = checkOptions(good);
    expect([url.href, token, format]).toEqual(['https://edge.test/', 't', 'msgpack']);
    expect(numbers).toEqual({
      ...{ reconnectDelay: 500, reconnectDelayMax: 30_000, attemptsMax: Infinity, connectTimeout: 10_000 },
      heartbeat: undefined,
      producer: undefined,
      ...{
        bufferItems: 1_024,
        bufferBytes: 1_048_576,
        publishAttemptsMax: 10,
        publishDelayMax: 5_000,
        publishTimeout: 60_000,
      },
    });
  });

  test.each<[Partial<Record<keyof ClientOptions, unknown>>, RegExp]>([
    [{ url: 'nonsense' }, /url is "nonsense", but must be an address/],
    [{ url: 'http://edge.test' }, /url is http:\/\/edge.test, but must be https/],
    [{ url: 'https://edge.test/?access_token=x' }, /a query/],
    [{ token: '' }, /token is empty/],
    [{ token: 7 }, /token is number/],
    [{ token: 'a.b.c\n' }, /token has characters that no token has/],
    [{ token: 'a/b=' }, /token has characters that no token has/],
    [{ format: 'xml' }, /format is "xml", but must be msgpack or json/],
    [{ connectTimeout: 0 }, /connectTimeout is 0, but must be a whole number from 1 to/],
    [{ heartbeat: 9_999 }, /heartbeat is 9999, but must be a whole number from 10000 to 60000/],
    [{ heartbeat: 60_001 }, /heartbeat is 60001/],
    [{ producer: { id: 'no name' } }, /producer.id is "no name", but must be 1 to 128 characters/],
    [{ producer: { id: 'p', epoch: -1 } }, /producer.epoch is -1/],
    [{ producer: { id: 'p', epoc: 1 } }, /producer.epoc is unknown: did you mean producer.epoch/],
    [{ bufferItems: 1.5 }, /bufferItems is 1.5/],
    [{ bufferBytes: NaN }, /bufferBytes is NaN/],
    [{ reconnect: { attemptsMax: 0 } }, /reconnect.attemptsMax is 0/],
    [{ reconnect: { delay: 500, delayMax: 100 } }, /reconnect.delayMax is 100, but must not be below/],
    [{ publish: { timeout: -1 }, bufferItems: 0 }, /bufferItems is 0.*publish.timeout is -1/],
  ])('%j are refused', (wrong, told) => {
    expect(() => new RealtimeClient({ ...good, ...wrong } as ClientOptions)).toThrow(told);
  });

  test('that are refused do not show the token', () => {
    expect(() => new RealtimeClient({ ...good, token: 'secret word' })).toThrow(/^(?!.*secret)/);
  });

  test.each(['http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:1', 'https://edge.test/base/'])(
    '%s is fine',
    (url) => {
      expect(() => new RealtimeClient({ ...good, url })).not.toThrow();
    },
  );
});
