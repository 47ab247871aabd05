import { RealtimeError } from './errors.js';

/** Codes of OpenSSL and Node for a certificate that nobody vouches for. */
const Untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/** The error that a failed `fetch` is: `network`, with the reason that it hides in its cause. */
export function networkError(failure: unknown): RealtimeError {
  return new RealtimeError('network', detailOf(failure), { retry: true, cause: failure });
}

function detailOf(failure: unknown): string {
  const cause = failure instanceof Error && failure.cause instanceof Error ? failure.cause : undefined;
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string') {
    if (Untrusted.has(code))
      return (
        `the server's certificate is not trusted (${code}): if it is self-made, or of an authority of your own, ` +
        'start Node with NODE_EXTRA_CA_CERTS=<file of that certificate>'
      );
    if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
      return `the server's certificate does not hold now (${code}): renew it, or set this machine's clock right`;
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
      return `the server's certificate is for another name than the url's: ${cause!.message}`;
  }
  if (cause !== undefined) return `the server could not be reached: ${textOf(cause)}`;
  if (!(failure instanceof TypeError)) return failure instanceof Error ? failure.message : String(failure);
  // Browsers say nothing more, lest pages explore the network: their console and network panel do.
  return `the server could not be reached, or its certificate or this origin is not accepted (${failure.message})`;
}

/** Of several addresses that were tried, Node's error has none but its code. */
function textOf(cause: Error): string {
  const { code } = cause as { code?: unknown };
  return cause.message !== '' ? cause.message : String(code ?? cause.name);
}
