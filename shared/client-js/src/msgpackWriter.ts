const encoder = new TextEncoder();
const Power32 = 2 ** 32;

/**
 * A message to the server as MessagePack, each value in its shortest form: texts, whole numbers from 0 on, true and false,
 * lists, and objects, whose undefined fields are left out.
 */
export function writeMessagePack(value: object): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts);
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function write(value: unknown, parts: Uint8Array[]): void {
  if (typeof value === 'string') {
    const utf8 = encoder.encode(value);
    parts.push(header(utf8.length, 0xa0, 32, 0xd9), utf8);
  } else if (typeof value === 'number') {
    parts.push(whole(value));
  } else if (typeof value === 'boolean') {
    parts.push(Uint8Array.of(value ? 0xc3 : 0xc2));
  } else if (Array.isArray(value)) {
    parts.push(header(value.length, 0x90, 16, 0xdb));
    for (const item of value) write(item, parts);
  } else {
    const fields = Object.entries(value as object).filter(([, field]) => field !== undefined);
    parts.push(header(fields.length, 0x80, 16, 0xdd));
    for (const [key, field] of fields) {
      write(key, parts);
      write(field, parts);
    }
  }
}

/** Of a text, array or map. `code8` is the one of 8 bits, which arrays and maps would have before that of 16. */
function header(length: number, fix: number, fixMax: number, code8: number): Uint8Array {
  if (length < fixMax) return Uint8Array.of(fix | length);
  if (length < 0x100 && code8 === 0xd9) return Uint8Array.of(code8, length);
  return length < 0x1_0000 ? bits16(code8 + 1, length) : bits32(code8 + 2, length);
}

function whole(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no number of the protocol`);
  if (value < 0x80) return Uint8Array.of(value);
  if (value < 0x100) return Uint8Array.of(0xcc, value);
  if (value < 0x1_0000) return bits16(0xcd, value);
  if (value < Power32) return bits32(0xce, value);
  const bytes = new Uint8Array(9);
  bytes[0] = 0xcf;
  const view = new DataView(bytes.buffer);
  view.setUint32(1, Math.floor(value / Power32));
  view.setUint32(5, value % Power32);
  return bytes;
}

function bits16(code: number, value: number): Uint8Array {
  return Uint8Array.of(code, value >> 8, value & 0xff);
}

function bits32(code: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = code;
  new DataView(bytes.buffer).setUint32(1, value);
  return bytes;
}
