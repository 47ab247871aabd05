import type { Environment } from './environment.js';
import type { RealtimeError } from './errors.js';
import { problemOf } from './http.js';
import { networkError } from './networkFailure.js';

/**
 * Asks the door by plain HTTP why it did not let us in: browsers hide the answer to a handshake, and why it failed. Its
 * answer, or why there is none; undefined if it would have let us in (it answers 400 to what is no upgrade).
 */
export async function probeHandshake(
  environment: Environment,
  url: URL,
  token: string,
  signal: AbortSignal,
): Promise<RealtimeError | undefined> {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const init: RequestInit = { headers, signal, cache: 'no-store', credentials: 'omit', redirect: 'error' };
    const response = await environment.fetch(url.href, init);
    const problem = await problemOf(response, environment.clock.now());
    return response.status === 400 ? undefined : problem;
  } catch (error) {
    return signal.aborted ? undefined : networkError(error);
  }
}
