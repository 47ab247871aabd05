import { encode, ExtData } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import type { RealtimeError } from '../src/errors.js';
import { readMessagePack } from '../src/msgpackReader.js';
import { writeMessagePack } from '../src/msgpackWriter.js';
import { damage, random, type Random, seeds } from './support/random.js';

const hex = (text: string) => Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const codeOf = (read: () => unknown) => {
  try {
    return { value: read() };
  } catch (error) {
    return (error as RealtimeError).code;
  }
};

describe('a value', () => {
  // Every format of the specification.
  test.each<[string, unknown]>([
    ['00', 0],
    ['7f', 127],
    ['e0', -32],
    ['ff', -1],
    ['cc80', 128],
    ['cdffff', 65_535],
    ['ceffffffff', 4_294_967_295],
    ['cf0000000100000000', 4_294_967_296],
    ['cf001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['cfffffffffffffffff', JSON.parse('18446744073709551615')],
    ['d080', -128],
    ['d18000', -32_768],
    ['d280000000', -2_147_483_648],
    ['d3ffffffff7fffffff', -2_147_483_649],
    ['d3ffe0000000000001', Number.MIN_SAFE_INTEGER],
    ['d38000000000000000', JSON.parse('-9223372036854775808')],
    ['c0', null],
    ['c2', false],
    ['c3', true],
    ['ca3dcccccd', 0.1],
    ['ca7f7fffff', 3.4028235e38],
    ['ca40490fdb', 3.1415927],
    ['cb3fb999999999999a', 0.1],
    ['cb7ff0000000000000', Infinity],
    ['a0', ''],
    ['a3e282ac', '€'],
    ['a4efbbbf61', '\ufeffa'],
    ['d90161', 'a'],
    ['da000161', 'a'],
    ['db0000000161', 'a'],
    [`d928${'61'.repeat(40)}`, 'a'.repeat(40)],
    ['a2c328', '\ufffd('],
    ['c40161', Uint8Array.of(0x61)],
    ['c5000161', Uint8Array.of(0x61)],
    ['c60000000161', Uint8Array.of(0x61)],
    ['9201c0', [1, null]],
    ['dc000101', [1]],
    ['dd0000000101', [1]],
    ['81a16101', { a: 1 }],
    ['de0001a16101', { a: 1 }],
    ['df00000001a16101', { a: 1 }],
    ['82a16101a16102', { a: 2 }],
    ['d4057f', null],
    ['d6ff5f000000', null],
    ['c70105ab', null],
    ['c8000105ab', null],
    ['c90000000105ab', null],
    ['d5630100', undefined],
    ['c70463051050', undefined],
    ['c707630550 68656c6c6f'.replace('c707', 'c707'), new TextEncoder().encode('hello')],
    ['c80007630550 68656c6c6f', new TextEncoder().encode('hello')],
    ['c70b63d200000005 5068656c6c6f', new TextEncoder().encode('hello')],
  ])('%s is read, and refused when cut off', (text, expected) => {
    const whole = hex(text);
    if (expected === undefined) return void expect(codeOf(() => readMessagePack(whole))).toBe('protocol');
    expect(readMessagePack(whole)).toEqual(expected);
    for (let cut = 0; cut < whole.length; cut++)
      expect(codeOf(() => readMessagePack(whole.subarray(0, cut)))).toBe('protocol');
    expect(codeOf(() => readMessagePack(Uint8Array.of(...whole, 0)))).toBe('protocol');
  });

  test('of its own memory: nothing of the frame is kept or handed out', () => {
    const data = readMessagePack(hex('c40161')) as Uint8Array;
    expect(data.buffer.byteLength).toBe(1);
  });

  test('may have any key, and none that is taken for something else', () => {
    const object = readMessagePack(
      hex('82a95f5f70726f746f5f5f8101a0'.replace('8101a0', '81a16101') + 'a16202'),
    ) as object;
    expect(Object.entries(object)).toEqual([
      ['__proto__', { a: 1 }],
      ['b', 2],
    ]);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(JSON.stringify(object)).toBe('{"__proto__":{"a":1},"b":2}');
  });

  test.each([
    ['c1', 'a byte that begins nothing'],
    ['810101', 'a key that is no text'],
    ['91'.repeat(65) + 'c0', 'deeper than any message'],
    ['ddffffffff', 'a list without its values'],
    ['dfffffffffc0', 'a map without its values'],
    ['c70663d3ff00000000', 'LZ4 cut off in its length'],
    ['d563ff00', 'LZ4 of a length below 0'],
    ['c70763ca40a0000050', 'LZ4 of a length that is no whole number'],
    ['c70663ce0010000100', 'LZ4 that is too large'],
  ])('%s is refused: %s', (text) => expect(codeOf(() => readMessagePack(hex(text)))).toBe('protocol'));

  test('that is LZ4 may come to a limit, all in one frame together', () => {
    // 64 KiB of zeros: one literal, a match of 65,530 = 4 + 15 + 255 x 256 + 231, five literals.
    const block = Uint8Array.of(0x1f, 0, 1, 0, ...new Uint8Array(256).fill(0xff), 231, 0x50, 0, 0, 0, 0, 0);
    const piece = new ExtData(99, Uint8Array.of(0xce, 0, 1, 0, 0, ...block));
    expect(readMessagePack(encode(Array(16).fill(piece)))).toHaveLength(16);
    expect(codeOf(() => readMessagePack(encode(Array(17).fill(piece))))).toBe('protocol');
  });
});

describe('@msgpack/msgpack', () => {
  test.each(seeds(20))('writes what we read (%i)', (seed) => {
    const next = random(seed);
    for (let i = 0; i < 20; i++) {
      const value = randomValue(next, 3);
      expect(readMessagePack(encode(value))).toEqual(value);
    }
  });

  test.each(seeds(20))('writes what we write (%i)', (seed) => {
    const next = random(seed);
    for (let i = 0; i < 20; i++) {
      const value = randomMessage(next);
      expect(toHex(writeMessagePack(value))).toBe(toHex(encode(value, { ignoreUndefined: true })));
    }
  });
});

test('damaged frames are refused as such or give a value, whatever they hold', () => {
  const until = Date.now() + 500;
  for (let seed = Date.now() % 2 ** 31, rounds = 0; rounds === 0 || Date.now() < until; seed++, rounds++) {
    const next = random(seed);
    const valid = encode(randomValue(next, 3));
    for (let i = 0; i < 20; i++) {
      const told = codeOf(() => readMessagePack(damage(valid, next)));
      expect(typeof told === 'object' ? 'value' : told, `seed ${seed}`).toBe(
        typeof told === 'object' ? 'value' : 'protocol',
      );
    }
  }
});

const Numbers = [0, 1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];

function randomText(next: Random): string {
  const letters = ['a', 'Z', '9', 'é', '€', '😀', '\u0000', '\ufeff'];
  const length = [0, 3, 31, 32, 255, 256, 70_000][next(next(50) === 0 ? 7 : 6)]!;
  return Array.from({ length }, () => letters[next(letters.length)]).join('');
}

function randomValue(next: Random, depth: number): unknown {
  // Wide at one depth only, else it grows beyond all bounds.
  const count = depth === 1 ? [0, 1, 15, 16, 20][next(5)]! : next(4);
  switch (next(depth > 0 ? 9 : 6)) {
    case 0:
      return randomText(next);
    case 1:
      return Numbers[next(Numbers.length)];
    case 2:
      return -1 - Numbers[next(Numbers.length - 1)]!;
    case 3:
      return (next(1_000_000) - 500_000) / 64 + 1 / 3;
    case 4:
      return [null, true, false][next(3)];
    case 5:
      return Uint8Array.from({ length: [0, 255, 256, 65_536][next(next(50) === 0 ? 4 : 3)]! }, () => next(256));
    case 6:
      return Array.from({ length: count }, () => randomValue(next, depth - 1));
    default:
      return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}é`, randomValue(next, depth - 1)]));
  }
}

/** What the SDK says to the server, and more of it. */
function randomMessage(next: Random): object {
  const list = Array.from({ length: [0, 1, 15, 16, 70_000][next(next(10) === 0 ? 5 : 4)]! }, (_, i) => `a${i}`);
  return {
    op: randomText(next),
    id: randomText(next),
    after: next(2) === 0 ? undefined : list,
    snapshot: next(2) === 0,
    offset: Numbers[next(Numbers.length)],
    nonce: undefined,
  };
}
