import type { Codec } from './codec.js';
import { RealtimeError } from './errors.js';
import { toMessages } from './messages.js';
import { readMessagePack } from './msgpackReader.js';
import { writeMessagePack } from './msgpackWriter.js';

/** `realtime.v1.msgpack`: binary frames, a message or an array of messages in each; bytes of terminals raw or as LZ4. */
export const msgpackCodec: Codec = {
  subprotocol: 'realtime.v1.msgpack',
  encode: writeMessagePack,
  decode(data) {
    if (!(data instanceof ArrayBuffer)) throw new RealtimeError('protocol', 'a frame was not binary');
    return toMessages(readMessagePack(new Uint8Array(data)));
  },
  sizeOf: (data) => (data as ArrayBuffer).byteLength,
};
