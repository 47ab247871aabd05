import type { Environment } from './environment.js';
import { RealtimeError } from './errors.js';
import { problemOf } from './http.js';
import { networkError } from './networkFailure.js';

/**
 * Asks the door by plain HTTP why it did not let us in: browsers hide the answer to a handshake, and why it failed. Its
 * answer, or why there is none; undefined if it would have let us in (it answers 400 to what is no upgrade). With a
 * ticket, which is used up or not for this request, it is asked without anything: so 401 stands for "reached".
 */
export async function probeHandshake(
  environment: Environment,
  url: URL,
  token: string | undefined,
  signal: AbortSignal,
): Promise<RealtimeError | undefined> {
  try {
    const init: RequestInit = {
      ...(token && { headers: { Authorization: `Bearer ${token}` } }),
      signal,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    };
    const response = await environment.fetch(url.href, init);
    const problem = await problemOf(response, environment.clock.now());
    if (token === undefined && response.status === 401)
      return new RealtimeError(
        'unauthorized',
        'the handshake failed: the ticket was refused, or the connection broke',
        {
          status: 401,
        },
      );
    return response.status === 400 ? undefined : problem;
  } catch (error) {
    return signal.aborted ? undefined : networkError(error);
  }
}
