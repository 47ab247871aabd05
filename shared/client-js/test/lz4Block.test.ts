import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { decompressBlock as npmDecompress, compressBlock, makeBuffer } from 'lz4js';
import { describe, expect, test } from 'vitest';
import { decompressBlock } from '../src/lz4Block.js';
import { damage, random, type Random, seeds } from './support/random.js';

const hex = (text: string) => Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
const of = (...lists: ArrayLike<number>[]) => Uint8Array.from(lists.flatMap((list) => Array.from(list)));

describe('a block', () => {
  // Token (literals << 4 | match - 4), literals, offset, more of the match's length. As in Lz4BlockTests of the C# one.
  test.each([
    ['00', ''],
    ['50 68656c6c6f', '68656c6c6f'],
    [`f0 00${'61'.repeat(15)}`, '61'.repeat(15)],
    [`f0 ff 00${'61'.repeat(270)}`, '61'.repeat(270)],
    ['14 61 0100 10 62', `${'61'.repeat(9)}62`],
    ['21 6162 0200 10 63', `${'6162'.repeat(3)}6163`],
    ['3c 616263 0300 00', `${'616263'.repeat(6)}61`],
    ['3f 616263 0300 20 00', '616263'.repeat(18)],
    ['1f 61 0100 ff ff 03 00', '61'.repeat(533)],
    ['40 61626364 0400 00 0800 10 65', `${'61626364'.repeat(3)}65`],
  ])('%s is read, whole and of its length alone', (text, expected) => {
    const block = hex(text);
    const whole = hex(expected);
    expect(decompressBlock(block, whole.length)).toEqual(whole);
    expect(decompressBlock(block, whole.length + 1)).toBeUndefined();
    expect(decompressBlock(block, Math.max(0, whole.length - 1))?.length).toBe(whole.length === 0 ? 0 : undefined);
    for (let cut = 0; cut < block.length; cut++)
      expect(decompressBlock(block.subarray(0, cut), whole.length)).toBeUndefined();
  });

  test.each([
    ['', 0],
    ['10 61 00', 1],
    ['f0', 15],
    ['f0 ff ff', 525],
    ['14 61 0000 10 62', 10],
    ['14 61 0200 10 62', 10],
    ['04 0100 10 62', 9],
    ['14 61 0100', 9],
    ['14 61 0100 10 62', 8],
    ['1f 61 0100 ff ff ff ff', 1000],
  ])('%s is refused', (text, length) => expect(decompressBlock(hex(text), length)).toBeUndefined());

  test('that claims what it could never hold is refused before there is memory for it', () => {
    expect(decompressBlock(new Uint8Array(4), 2 ** 40)).toBeUndefined();
  });

  test('reaches back up to 65,535 bytes', () => {
    const far = noise(random(1), 65_535);
    const block = of([0xf1], new Uint8Array(256).fill(0xff), [240], far, [0xff, 0xff, 0x10, 0x7a]);
    expect(decompressBlock(block, 65_541)).toEqual(of(far, far.subarray(0, 5), [0x7a]));
    // One byte fewer before it, and the same match begins before the first.
    const tooFar = of(block.subarray(0, 257), [239], far.subarray(1), block.subarray(block.length - 4));
    expect(decompressBlock(tooFar, 65_540)).toBeUndefined();
  });
});

const Page = readFileSync(new URL('../../Protocol/PROTOCOL.md', import.meta.url));

describe('blocks of others', () => {
  test.each(seeds(20))('of lz4js are read as by lz4js (%i)', (seed) => {
    const next = random(seed);
    const source = mixture(next, 40_000);
    const target = makeBuffer(source.length * 2 + 64);
    const size = compressBlock(source, target, 0, source.length, new Uint32Array(65_536));
    if (size === 0) return; // it does not shrink
    const block = Uint8Array.from(target.slice(0, size));
    expect(decompressBlock(block, source.length)).toEqual(source);
  });

  // What the server compresses with.
  test.each([
    ['text', Page],
    ['zeros', new Uint8Array(300_000)],
    ['far', of(noise(random(3), 65_535), noise(random(3), 65_535))],
  ])('of liblz4 are read as by lz4js: %s', (_, source) => {
    const frame = execFileSync('lz4', ['-c', '-B7', '-BI', '--no-frame-crc'], { input: source, maxBuffer: 2 ** 24 });
    const block = frame.subarray(11, 11 + frame.readUInt32LE(7));
    expect(block.length).toBeLessThan(source.length);
    const expected = new Uint8Array(source.length);
    expect(npmDecompress(block, expected, 0, block.length, 0)).toBe(source.length);
    expect(expected).toEqual(Uint8Array.from(source));
    expect(decompressBlock(block, source.length)).toEqual(expected);
    for (let cut = 0; cut < block.length; cut += 97)
      expect(decompressBlock(block.subarray(0, cut), source.length)).toBeUndefined();
  });
});

describe('hostile blocks', () => {
  // Ours knows no exception; what it lets through is what the format, written down plainly, says.
  test('give what they say or nothing', () => {
    const until = Date.now() + 500;
    for (let seed = Date.now() % 2 ** 31, rounds = 0; rounds === 0 || Date.now() < until; seed++, rounds++) {
      const next = random(seed);
      const source = mixture(next, 3_000);
      const target = makeBuffer(source.length * 2 + 64);
      const size = compressBlock(source, target, 0, source.length, new Uint32Array(65_536));
      const block = size === 0 ? noise(next, 40) : Uint8Array.from(target.slice(0, size));
      for (let i = 0; i < 20; i++) {
        const bad = damage(block, next);
        const expected = plain(bad);
        const length = expected !== undefined && next(4) > 0 ? expected.length : source.length;
        const got = decompressBlock(bad, length);
        expect(got, `seed ${seed}`).toEqual(expected?.length === length ? Uint8Array.from(expected) : undefined);
      }
    }
  });
});

function noise(next: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => next(256));
}

/** Runs, repetitions near and far, and noise. */
function mixture(next: Random, lengthMax: number): Uint8Array {
  const bytes: number[] = [];
  const length = next(lengthMax) + 1;
  while (bytes.length < length) {
    const count = next(300) + 1;
    const kind = next(3);
    const from = next(bytes.length + 1);
    const byte = next(256);
    for (let i = 0; i < count; i++) bytes.push(kind === 0 ? next(256) : kind === 1 ? byte : (bytes[from + i] ?? 7));
  }
  return Uint8Array.from(bytes.slice(0, length));
}

/** The format, byte by byte; undefined = damaged. */
function plain(block: Uint8Array): number[] | undefined {
  const written: number[] = [];
  let at = 0;
  const byte = () => block[at++] ?? NaN;
  const long = (bits: number) => {
    let length = bits;
    for (let more = bits === 15 ? 255 : 0; more === 255;) length += more = byte();
    return length;
  };
  while (at < block.length) {
    const token = byte();
    const literals = long(token >> 4);
    if (!(at + literals <= block.length)) return undefined;
    for (let i = 0; i < literals; i++) written.push(byte());
    if (at === block.length) return written;
    const offset = byte() + byte() * 256;
    const match = long(token & 15) + 4;
    if (!(offset > 0 && offset <= written.length && match < 1_000_000)) return undefined;
    for (let i = 0; i < match; i++) written.push(written[written.length - offset]!);
  }
  return undefined;
}
