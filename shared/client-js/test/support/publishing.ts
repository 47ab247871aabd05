import { vi } from 'vitest';
import type { PublishError } from '../../src/publishError.js';
import type { PublishEvent } from '../../src/publishEvent.js';
import type { FakeWorld } from './fakeWorld.js';

/** An event as it is sent. */
export interface Sent {
  key: string;
  payload: unknown;
  state_key?: string;
}

export const event = (payload: unknown, more: Partial<PublishEvent> = {}): PublishEvent => ({
  ...{ channel: 'agents', type: 'agent.status', agent: 'a1', payload, ...more },
});
export const events = (count: number) => Array.from({ length: count }, (_, i) => event(i));
export const bodies = (world: FakeWorld) => world.requests.map(({ init }) => JSON.parse(init.body as string) as Sent[]);
export const payloads = (world: FakeWorld) => bodies(world).map((body) => body.map((one) => one.payload));
export const stored = (payload: unknown) => ({ id: `3:1-${String(payload)}.k3x9qa`, duplicate: false });
export const refused = (code: string, retry: boolean) => ({ error: { code, detail: `it is ${code}`, retry } });
export const accepted = (results: unknown[], pressure = 'ok') =>
  new Response(JSON.stringify({ results, pressure: { state: pressure, depth: 0, limit: 5_000 } }), { status: 202 });

/** Answers in turn; whatever comes after is stored. */
export function answers(world: FakeWorld, ...list: (Response | Error)[]): void {
  world.answer = async (_, init) => {
    const next = list.shift();
    if (next instanceof Error) throw next;
    return next ?? accepted((JSON.parse(init.body as string) as Sent[]).map(({ payload }) => stored(payload)));
  };
}

/** Runs all there is to wait for. */
export async function outcome<T>(promise: Promise<T>): Promise<T | PublishError> {
  const settled = promise.catch((error: unknown) => error as PublishError);
  await vi.advanceTimersByTimeAsync(100_000);
  return await settled;
}
