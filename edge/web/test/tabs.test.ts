import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ASK_MS, Tabs } from '../src/model/tabs';

/** So many tabs of one browser; each says its own token, if it has one. */
function openTabs(...tokens: (string | undefined)[]) {
  const channels: Pick<BroadcastChannel, 'onmessage' | 'postMessage'>[] = [];
  return tokens.map((token) => {
    const channel = {
      onmessage: null as BroadcastChannel['onmessage'],
      postMessage: (data: unknown) => {
        for (const other of channels) if (other !== channel) other.onmessage?.call(other as never, { data } as never);
      },
    };
    channels.push(channel);
    const signedOut = vi.fn();
    return { tabs: new Tabs(channel, { token: () => token, signedOut }), signedOut };
  });
}

describe('the tabs of one browser', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('tell a new one who is signed in', async () => {
    const [mine] = openTabs(undefined, undefined, 'a.b.c');
    expect(await mine!.tabs.ask()).toBe('a.b.c');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('say nothing if nobody is, and the new one waits no longer than a moment', async () => {
    const [mine] = openTabs(undefined, undefined);
    const asked = mine!.tabs.ask();
    await vi.advanceTimersByTimeAsync(ASK_MS);
    expect(await asked).toBeUndefined();
  });

  it('are all signed out by one', () => {
    const [mine, second, third] = openTabs('a.b.c', 'a.b.c', undefined);
    mine!.tabs.tellSignedOut('me');
    expect([mine, second, third].map((tab) => tab!.signedOut.mock.calls)).toEqual([[], [['me']], [['me']]]);
  });
});
