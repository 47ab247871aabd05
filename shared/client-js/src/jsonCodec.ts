import { fromBase64 } from './base64.js';
import type { Codec } from './codec.js';
import { RealtimeError } from './errors.js';
import { toMessages } from './messages.js';

/** `realtime.v1.json`: text frames, a message or an array of messages in each. */
export const jsonCodec: Codec = {
  subprotocol: 'realtime.v1.json',
  encode: (message) => JSON.stringify(message),
  decode(data) {
    if (typeof data !== 'string') throw new RealtimeError('protocol', 'a frame was not text');
    let parsed: unknown;
    try {
      parsed = JSON.parse(data);
    } catch (error) {
      throw new RealtimeError('protocol', 'a frame was not JSON', { cause: error });
    }
    const messages = toMessages(parsed);
    for (const message of messages) {
      if (message.op !== 'terminal' || message.data === undefined) continue;
      if (message.encoding !== 'base64')
        throw new RealtimeError('protocol', `bytes came as ${message.encoding}, which nobody asked for`);
      message.data = fromBase64(message.data as unknown);
    }
    return messages;
  },
  sizeOf: (data) => utf8Length(data as string),
};

/** Bytes of a text in UTF-8, without making them. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit <= 0xdbff) {
      // A pair is two units and four bytes.
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}
