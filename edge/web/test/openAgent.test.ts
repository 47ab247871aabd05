import { describe, expect, it, vi } from 'vitest';
import { OpenAgent } from '../src/model/openAgent';
import { ENTRIES_MAX, READING_MAX } from '../src/model/timeline';
import { event, ManualFrames } from './samples';

// Thousands of events are taken, on whatever machine; nothing here waits for a time.
const SLOW_MS = 120_000;

const page = (ids: number[], before: string, more: boolean) => ({
  events: ids.map((ms) => event('agent.message', { ms }, { ms })),
  before: [before],
  more,
});

describe('an open agent', () => {
  it('merges the newest events with those that come live meanwhile, and pages back', async () => {
    const frames = new ManualFrames();
    const latest = vi
      .fn()
      .mockResolvedValueOnce(page([300, 400], 'b1', true))
      .mockResolvedValueOnce(page([100, 200], 'b2', false));
    const open = new OpenAgent('a1', { latest }, frames.schedule);
    const loading = open.load();
    open.take(event('agent.message', {}, { ms: 500 }));
    open.take(event('agent.message', {}, { ms: 501, agent: 'a2' }));
    await loading;
    expect(open.timeline.all().map((entry) => entry.place.ms)).toEqual([300, 400, 500]);
    expect(open.hasOlder.value).toBe(true);
    await open.loadOlder();
    expect(latest).toHaveBeenLastCalledWith({ agents: ['a1'], last: 200, before: ['b1'] });
    expect(open.timeline.all().map((entry) => entry.place.ms)).toEqual([100, 200, 300, 400, 500]);
    expect(open.hasOlder.value).toBe(false);
    frames.draw();
    expect(open.version.value).toBe(1);
  });

  it('does not lose its place when the newest are read again', async () => {
    const latest = vi
      .fn()
      .mockResolvedValue(page([300], 'b1', true))
      .mockResolvedValueOnce(page([300], 'b0', true));
    const open = new OpenAgent('a1', { latest }, new ManualFrames().schedule);
    await open.load();
    await open.load();
    await open.loadOlder();
    expect(latest).toHaveBeenLastCalledWith(expect.objectContaining({ before: ['b0'] }));
  });

  it('reads the newest once more if they were asked for while it was reading', async () => {
    const latest = vi
      .fn()
      .mockResolvedValue(page([300, 400], 'b1', true))
      .mockResolvedValueOnce(page([300], 'b1', true));
    const open = new OpenAgent('a1', { latest }, new ManualFrames().schedule);
    const first = open.load();
    void open.load();
    void open.load();
    await first;
    expect(latest).toHaveBeenCalledTimes(2);
    expect(open.timeline.all().map((entry) => entry.place.ms)).toEqual([300, 300, 400]);
  });

  it(
    'reads back from behind what it forgot, in every stream',
    async () => {
      const latest = vi.fn(async () => ({
        events: [event('agent.message', {}, { partition: 7, ms: 400 })],
        before: ['3:50-1.abcdef', '7:60-1.abcdef', '9:70-1.abcdef'],
        more: true,
      }));
      const open = new OpenAgent('a1', { latest }, new ManualFrames().schedule);
      await open.load();
      const old = event('agent.message', {}, { partition: 3, ms: 500 });
      open.take({ ...old, id: '3:500-8.abcdef' });
      for (let i = 0; i < ENTRIES_MAX; i++) open.take(event('agent.message', {}, { partition: 5, ms: 1_000 + i }));
      expect(open.timeline.size).toBe(ENTRIES_MAX);
      await open.loadOlder();
      const { before } = (latest.mock.lastCall as unknown as [{ before: string[] }])[0];
      expect(before.filter((position) => !position.startsWith('7:'))).toEqual(['3:500-9.abcdef', '9:70-1.abcdef']);
      expect(before.find((position) => position.startsWith('7:'))).toMatch(/^7:400-/);
    },
    SLOW_MS,
  );

  it(
    'forgets nothing while somebody reads further down, up to a limit',
    async () => {
      const open = new OpenAgent('a1', { latest: vi.fn() }, new ManualFrames().schedule);
      open.isReading = true;
      for (let i = 0; i < ENTRIES_MAX + 10; i++) open.take(event('agent.message', {}, { ms: i }));
      expect(open.timeline.size).toBe(ENTRIES_MAX + 10);
      for (let i = 0; i < READING_MAX; i++) open.take(event('agent.message', {}, { ms: 100_000 + i }));
      expect(open.timeline.size).toBe(READING_MAX);
      open.isReading = false;
      open.take(event('agent.message', {}, { ms: 500_000 }));
      expect(open.timeline.size).toBe(ENTRIES_MAX);
    },
    SLOW_MS,
  );

  it('says what went wrong, and is well again later', async () => {
    const latest = vi
      .fn()
      .mockRejectedValueOnce(new Error('network: down'))
      .mockResolvedValueOnce(page([1], 'b', false));
    const open = new OpenAgent('a1', { latest }, new ManualFrames().schedule);
    await open.load();
    expect(open.problem.value).toBe('network: down');
    await open.load();
    expect(open.problem.value).toBeUndefined();
  });
});
