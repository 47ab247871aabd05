import type { ClientMessage, ServerMessage } from './messages.js';

/** What a WebSocket carries: texts, or bytes. */
export type Frame = string | Uint8Array;

/** One form of the protocol on the wire. */
export interface Codec {
  readonly subprotocol: string;
  encode(message: ClientMessage): Frame;
  /** The messages of one frame. Throws `protocol` if it is none. */
  decode(data: unknown): ServerMessage[];
  /** Bytes that a frame has on the wire. */
  sizeOf(data: unknown): number;
}
