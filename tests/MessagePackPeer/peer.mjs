// The product's MessagePack against an independent one (@msgpack/msgpack). Values are told as one line of text each, the
// same that MessagePackDescription.cs gives them, so that both sides can be compared without either one's encoder.
//
//   node peer.mjs describe              each line of input, MessagePack in hex, becomes: description TAB written anew, hex
//   node peer.mjs generate SEED COUNT   random values: description TAB hex
import { createInterface } from 'node:readline';
import { decode, encode, ExtData } from '@msgpack/msgpack';

const options = { useBigInt64: true };
const hexOf = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

function bitsOf(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(number || 0); // It writes -0 as the whole number 0, which has no sign.
  return Number.isNaN(number) ? 'nan' : bytes.toString('hex');
}

// JavaScript has one kind of number; what is exact in a double is told as one.
const describeBigInt = (number) =>
  number >= -(2n ** 53n) && number <= 2n ** 53n ? `d${bitsOf(Number(number))}` : `i${number}`;

function describe(value) {
  if (value === null) return 'n';
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value === 'bigint') return describeBigInt(value);
  if (typeof value === 'number') return `d${bitsOf(value)}`;
  if (typeof value === 'string') return `s${Buffer.from(value, 'utf8').toString('hex')}`;
  if (value instanceof Uint8Array) return `b${hexOf(value)}`;
  if (value instanceof ExtData) return `x${value.type}:${hexOf(value.data)}`;
  if (Array.isArray(value)) return `[${value.map(describe).join(',')}]`;
  const pairs = Object.entries(value).map(([key, item]) => `${describe(key)}=${describe(item)}`);
  return `{${pairs.sort().join(',')}}`;
}

// A small generator with a seed (mulberry32), so that a failure can be repeated.
function seeded(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function randomBytes(random, lengths) {
  return Uint8Array.from({ length: lengths[random(lengths.length)] }, () => random(256));
}

function randomValue(random, depth) {
  const text = () => 'aé€😀\u0000'.repeat(random(4)) + 'x'.repeat([0, 1, 31, 32, 255, 256, 65_536][random(7)]);
  switch (random(depth > 0 ? 11 : 9)) {
    case 0:
      return null;
    case 1:
      return random(2) === 0;
    case 2:
      return random(70_000) - 35_000;
    case 3:
      return (random(2) === 0 ? 1 : -1) * random(2 ** 31) * random(2 ** 21);
    case 4:
      return (BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32));
    case 5:
      return -((BigInt(random(2 ** 31)) << 32n) | BigInt(random(2 ** 32)));
    case 6:
      return random(4) === 0 ? [NaN, Infinity, -Infinity, -0][random(4)] : (random(2 ** 32) - 2 ** 31) / 7;
    case 7:
      return text();
    case 8:
      return random(2) === 0
        ? randomBytes(random, [0, 1, 255, 256, 70_000])
        : new ExtData(random(127), randomBytes(random, [0, 1, 2, 3, 4, 8, 16, 17, 255, 256, 70_000]));
    case 9:
      return Array.from({ length: [0, 1, 5, 15, 16, 40][random(6)] }, () => randomValue(random, depth - 1));
    default: {
      const count = [0, 1, 5, 15, 16, 40][random(6)];
      return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, randomValue(random, depth - 1)]));
    }
  }
}

const [mode, seed, count] = process.argv.slice(2);
if (mode === 'generate') {
  const random = seeded(Number(seed));
  for (let i = 0; i < Number(count); i++) {
    const value = randomValue(random, 2);
    console.log(`${describe(value)}\t${hexOf(encode(value, options))}`);
  }
} else {
  for await (const line of createInterface({ input: process.stdin })) {
    const value = decode(Buffer.from(line, 'hex'), options);
    console.log(`${describe(value)}\t${hexOf(encode(value, options))}`);
  }
}
