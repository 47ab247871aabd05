import { claimsOf } from './token';

export type SignInResult = { token: string } | { problem: string };

type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

const UNREACHABLE = 'The server cannot be reached. Check the network, then try again.';

/**
 * The code of a sign-in link, from its fragment, which is never sent to a server. No link carries a token itself: a code
 * is good once and for a short time.
 */
export function codeOf(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, '')).get('code') || undefined;
}

/** Trades the code of a sign-in link for a token. */
export async function redeem(code: string, fetch: Fetch): Promise<SignInResult> {
  try {
    const answer = await fetch('/sign-in', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    if (answer.ok) {
      const body = (await answer.json()) as { token?: unknown };
      return typeof body.token === 'string'
        ? { token: body.token }
        : { problem: 'The server answered without a token.' };
    }
    const detail = await detailOf(answer);
    if (answer.status >= 500) return { problem: detail ?? `The server could not sign you in (${answer.status}).` };
    return {
      problem: detail ?? 'This sign-in link was used already, or is too old. Ask for a new one, or paste a token.',
    };
  } catch {
    return { problem: UNREACHABLE };
  }
}

/** Asks the server whether it takes this token; the problem in words if not. */
export async function check(token: string, fetch: Fetch): Promise<SignInResult> {
  if (!claimsOf(token)) {
    return { problem: 'This is no token: one has three parts, separated by dots, and begins with “ey”.' };
  }
  try {
    const answer = await fetch('/v1/agents?limit=1', { headers: { Authorization: `Bearer ${token}` } });
    // Whether it can serve right now is another matter: 429 and 503 mean that it let us in.
    if (answer.ok || answer.status === 429 || answer.status === 503) return { token };
    return { problem: await explain(answer) };
  } catch {
    return { problem: UNREACHABLE };
  }
}

async function explain(answer: Response): Promise<string> {
  const { code, detail } = await problemOf(answer);
  const because = detail ? ` The server says: ${detail}` : '';
  if (answer.status === 401) {
    return code === 'token_expired'
      ? 'This token has expired. Ask for a new one.'
      : `This token was refused.${because}`;
  }
  if (answer.status === 403) return `This token may not read anything here.${because}`;
  return `The server answered ${answer.status}.${because}`;
}

async function detailOf(answer: Response): Promise<string | undefined> {
  return (await problemOf(answer)).detail;
}

async function problemOf(answer: Response): Promise<{ code?: string; detail?: string }> {
  try {
    return (await answer.json()) as { code?: string; detail?: string };
  } catch {
    return {};
  }
}
