import { RealtimeError } from './errors.js';
import type { ClientMessage, ServerMessage } from './messages.js';

/** One form of the protocol on the wire. `realtime.v1.msgpack` will be a second one of these. */
export interface Codec {
  readonly subprotocol: string;
  encode(message: ClientMessage): string;
  /** The messages of one frame. Throws `protocol` if it is none. */
  decode(data: unknown): ServerMessage[];
}

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
    const messages = Array.isArray(parsed) ? parsed : [parsed];
    for (const message of messages) {
      if (typeof message !== 'object' || message === null || typeof message.op !== 'string')
        throw new RealtimeError('protocol', 'a message was no object with a text `op`');
    }
    return messages as ServerMessage[];
  },
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
