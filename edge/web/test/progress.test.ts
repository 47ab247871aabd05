import { describe, expect, it } from 'vitest';
import { Progress } from '../src/model/progress';

const s = 1_000;

function steady(from: number, to: number, percentPerSecond: number): Progress {
  const progress = new Progress();
  progress.follow('t1');
  for (let at = 0; from + at * percentPerSecond <= to; at++)
    progress.take(from + at * percentPerSecond, undefined, at * s);
  return progress;
}

describe('the bar', () => {
  it('never runs backwards within a task', () => {
    const progress = new Progress();
    progress.follow('t1');
    const shown = [10, 40, 25, 41, 0, 100, 99].map(
      (percent, i) => (progress.take(percent, undefined, i * s), progress.percent),
    );
    expect(shown).toEqual([10, 40, 40, 41, 41, 100, 100]);
  });

  it('begins anew with another task, and only then', () => {
    const progress = steady(0, 80, 5);
    progress.follow('t1');
    expect(progress.percent).toBe(80);
    progress.follow('t2');
    expect(progress.percent).toBeUndefined();
    progress.take(3, undefined, 60 * s);
    expect(progress.percent).toBe(3);
  });

  it('stays within 0 and 100', () => {
    const progress = new Progress();
    progress.take(-5, undefined, 0);
    expect(progress.percent).toBe(0);
    progress.take(250, undefined, s);
    expect(progress.percent).toBe(100);
  });
});

describe('the time left', () => {
  it('is not told before there is ground for it', () => {
    const progress = new Progress();
    progress.take(10, undefined, 0);
    expect(progress.endsAt(0)).toBeUndefined();
    progress.take(20, undefined, 500);
    progress.take(30, undefined, 900);
    expect(progress.endsAt(900)).toBeUndefined(); // three updates in a second: not watched for long enough
  });

  it('follows a steady rate', () => {
    const progress = steady(0, 50, 2); // at 25 s half is done
    expect(progress.endsAt(25 * s)).toBeCloseTo(50 * s, -2);
  });

  it('is smoothed: one burst moves it little, a lasting change moves it all the way', () => {
    const progress = steady(0, 40, 1); // 40 s, 60 s left
    progress.take(44, undefined, 41 * s); // four times as fast, for a second
    const afterBurst = progress.endsAt(41 * s)! - 41 * s;
    expect(afterBurst).toBeGreaterThan(45 * s);
    expect(afterBurst).toBeLessThan(56 * s);
    for (let at = 42; at <= 52; at++) progress.take(44 + (at - 41) * 4, undefined, at * s);
    const left = progress.endsAt(52 * s)! - 52 * s;
    expect(left).toBeLessThan(8 * s);
  });

  it('is the agent’s own where it tells it', () => {
    const progress = steady(0, 50, 2);
    progress.take(51, 5 * s, 26 * s);
    expect(progress.endsAt(26 * s)).toBe(31 * s);
    expect(progress.endsAt(40 * s)).toBeUndefined(); // it promised too much
  });

  it('is told no more after silence, at the end, and for a new task', () => {
    const progress = steady(0, 20, 1);
    expect(progress.endsAt(30 * s)).toBeDefined();
    expect(progress.endsAt(85 * s)).toBeUndefined();
    progress.take(100, undefined, 86 * s);
    expect(progress.endsAt(86 * s)).toBeUndefined();
    progress.follow('t2');
    progress.take(50, undefined, 87 * s);
    expect(progress.endsAt(87 * s)).toBeUndefined();
  });
});
