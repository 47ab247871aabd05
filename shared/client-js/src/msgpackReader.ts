import { RealtimeError } from './errors.js';
import { decompressBlock } from './lz4Block.js';

/** Arrays and maps inside each other: payloads nest 32 deep at most, inside of a message inside of an array. */
const DepthMax = 64;
/** What the LZ4 blocks of one frame may come to. A batch of a terminal has 32 KiB. */
const DecompressedBytesMax = 1_048_576;
/** `[length][LZ4 block]` */
const Lz4Extension = 99;
/** Below this a loop is faster than a call, if all is ASCII. */
const ShortText = 32;
const Power32 = 2 ** 32;

// What is no UTF-8 becomes U+FFFD, as in text frames; a mark of the byte order is a character like any other.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * One MessagePack value (https://github.com/msgpack/msgpack/blob/master/spec.md), all of the bytes; throws `protocol` if
 * they are none. Numbers are those of `JSON.parse`: whole ones are exact up to 2^53. Binary is a `Uint8Array` of its own,
 * LZ4 in extension 99 too; other extensions are `null`. Not by a library, since those refuse the key `__proto__`, by which
 * any producer could cut off all who watch it.
 */
export function readMessagePack(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.position !== bytes.length) throw damaged('goes on behind its value');
  return value;
}

function damaged(what: string): RealtimeError {
  return new RealtimeError('protocol', `a frame's MessagePack ${what}`);
}

class Reader {
  position = 0;
  private readonly view: DataView;
  private decompressedLeft = DecompressedBytesMax;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): unknown {
    const code = this.view.getUint8(this.skip(1));
    if (code < 0x80) return code;
    if (code < 0x90) return this.map(code & 0x0f, depth);
    if (code < 0xa0) return this.array(code & 0x0f, depth);
    if (code < 0xc0) return this.text(code & 0x1f);
    if (code >= 0xe0) return code - 0x100;
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.binary(this.length(code - 0xc4));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.extension(this.length(code - 0xc7));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(1 << (code - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.text(this.length(code - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.array(this.length(code - 0xdb), depth);
      case 0xde:
      case 0xdf:
        return this.map(this.length(code - 0xdd), depth);
      default:
        return this.number(code);
    }
  }

  private number(code: number): number {
    const { view } = this;
    switch (code) {
      case 0xca:
        return shortest(view.getFloat32(this.skip(4)));
      case 0xcb:
        return view.getFloat64(this.skip(8));
      case 0xcc:
        return view.getUint8(this.skip(1));
      case 0xcd:
        return view.getUint16(this.skip(2));
      case 0xce:
        return view.getUint32(this.skip(4));
      case 0xcf:
        return this.wide((at) => view.getUint32(at));
      case 0xd0:
        return view.getInt8(this.skip(1));
      case 0xd1:
        return view.getInt16(this.skip(2));
      case 0xd2:
        return view.getInt32(this.skip(4));
      case 0xd3:
        return this.wide((at) => view.getInt32(at));
      default:
        throw damaged('has a byte that begins no value');
    }
  }

  private wide(upper: (at: number) => number): number {
    const at = this.skip(8);
    return upper(at) * Power32 + this.view.getUint32(at + 4);
  }

  /** A whole number; undefined if another value, or none, is next: nothing that could nest is looked into. */
  private whole(): number | undefined {
    const code = this.bytes[this.position];
    if (code === undefined) return undefined;
    const isWhole = code < 0x80 || code >= 0xe0 || (code >= 0xcc && code <= 0xd3);
    return isWhole ? (this.value(DepthMax) as number) : undefined;
  }

  /** Of 8, 16 or 32 bits. */
  private length(size: number): number {
    if (size === 0) return this.view.getUint8(this.skip(1));
    return size === 1 ? this.view.getUint16(this.skip(2)) : this.view.getUint32(this.skip(4));
  }

  private text(length: number): string {
    const start = this.skip(length);
    if (length < ShortText) {
      let text = '';
      for (let i = start; i < this.position; i++) {
        const unit = this.bytes[i]!;
        if (unit >= 0x80) return decoder.decode(this.bytes.subarray(start, this.position));
        text += String.fromCharCode(unit);
      }
      return text;
    }
    return decoder.decode(this.bytes.subarray(start, this.position));
  }

  /** A copy: who keeps it does not keep the frame, and may hand on its buffer. */
  private binary(length: number): Uint8Array {
    const start = this.skip(length);
    return this.bytes.slice(start, this.position);
  }

  private array(count: number, depth: number): unknown[] {
    this.enter(count, depth);
    const list: unknown[] = [];
    for (let i = 0; i < count; i++) list.push(this.value(depth + 1));
    return list;
  }

  private map(count: number, depth: number): Record<string, unknown> {
    this.enter(2 * count, depth);
    const object: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const key = this.value(depth + 1);
      if (typeof key !== 'string') throw damaged('has a key that is no text');
      const value = this.value(depth + 1);
      if (key !== '__proto__') object[key] = value;
      // As in JSON a key like any other; assigned, it would be the object's prototype.
      else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    }
    return object;
  }

  private extension(length: number): unknown {
    const type = this.view.getInt8(this.skip(1));
    const start = this.skip(length);
    if (type !== Lz4Extension) return null;
    const inside = new Reader(this.bytes.subarray(start, this.position));
    const size = inside.whole();
    if (size === undefined || size < 0) throw damaged('has LZ4 without a length');
    if (size > this.decompressedLeft) throw damaged('has LZ4 that is too large');
    this.decompressedLeft -= size;
    const data = decompressBlock(inside.bytes.subarray(inside.position), size);
    if (data === undefined) throw damaged('has LZ4 that is damaged');
    return data;
  }

  /** Into an array or map: each value takes a byte at least, so that a header alone makes nothing large. */
  private enter(values: number, depth: number): void {
    if (depth >= DepthMax) throw damaged('is too deep');
    if (values > this.bytes.length - this.position) throw damaged('is cut off');
  }

  /** Passes over so many bytes, and tells where they begin. */
  private skip(count: number): number {
    const start = this.position;
    if (count > this.bytes.length - start) throw damaged('is cut off');
    this.position += count;
    return start;
  }
}

/** The number that people know a float of 32 bits by, as JSON viewers get it: 0.1, not 0.10000000149011612. */
function shortest(float: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return short;
  }
  return float;
}
