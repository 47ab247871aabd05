import { RealtimeError } from './errors.js';

/** The bytes of a base64 text. */
export function fromBase64(text: unknown): Uint8Array {
  let binary: string;
  try {
    binary = atob(text as string);
  } catch (error) {
    throw new RealtimeError('protocol', 'data was not base64', { cause: error });
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
