import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogAway, PROBE_MS } from '../src/model/logAway';

const gone = { code: 'log_unavailable' };

describe('the log', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is away from when the server says so until it can be read again', async () => {
    const read = vi.fn().mockRejectedValueOnce(new Error('log_unavailable')).mockResolvedValue({});
    const log = new LogAway(read);
    log.take({ code: 'another' });
    expect(log.value.value).toBe(false);
    log.take(gone);
    expect(log.value.value).toBe(true);
    await vi.advanceTimersByTimeAsync(PROBE_MS);
    expect(read).toHaveBeenCalledTimes(1);
    expect(log.value.value).toBe(true);
    await vi.advanceTimersByTimeAsync(PROBE_MS);
    expect(log.value.value).toBe(false);
    await vi.advanceTimersByTimeAsync(10 * PROBE_MS);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('is not said to be back by an answer to an earlier question', async () => {
    let answer = () => {};
    const log = new LogAway(() => new Promise<void>((resolve) => (answer = resolve)));
    log.take(gone);
    await vi.advanceTimersByTimeAsync(PROBE_MS);
    log.take(gone);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(log.value.value).toBe(true);
  });

  it('is asked for no more when the connection changes', async () => {
    const read = vi.fn().mockRejectedValue(new Error());
    const log = new LogAway(read);
    log.take(gone);
    log.over();
    expect(log.value.value).toBe(false);
    await vi.advanceTimersByTimeAsync(10 * PROBE_MS);
    expect(read).not.toHaveBeenCalled();
  });
});
