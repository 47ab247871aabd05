import { describe, expect, it } from 'vitest';
import { columnsOf, isOutOfSight, moved, neighbour, toggled, without, type WallState } from '../src/model/panes';

const wallOf = (count: number, more: Partial<WallState> = {}): WallState => ({
  panes: Array.from({ length: count }, (_, i) => ({ agent: `a${i}` })),
  ...more,
});

describe('a wall', () => {
  it('takes a pane once, and off again', () => {
    const one = toggled(wallOf(0), { agent: 'a1' });
    expect(one.panes).toEqual([{ agent: 'a1' }]);
    expect(toggled(one, { agent: 'a1', task: 't1' }).panes).toHaveLength(2);
    expect(toggled(one, { agent: 'a1' }).panes).toEqual([]);
  });

  it('takes nine', () => {
    expect(toggled(wallOf(8), { agent: 'x' }).panes).toHaveLength(9);
    const full = wallOf(9);
    expect(toggled(full, { agent: 'x' })).toBe(full);
  });

  it('shows all again when one is put on or taken off', () => {
    expect(toggled(wallOf(2, { max: 0 }), { agent: 'x' }).max).toBeUndefined();
    expect(without(wallOf(3, { max: 2 }), 0)).toEqual({ panes: [{ agent: 'a1' }, { agent: 'a2' }] });
  });

  it('is about as high as it is wide', () =>
    expect([1, 2, 3, 4, 5, 6, 7, 9].map((count) => columnsOf(wallOf(count)))).toEqual([1, 2, 2, 2, 3, 3, 3, 3]));

  it('has as many columns as was chosen, but none without a pane', () => {
    expect(columnsOf(wallOf(4, { columns: 1 }))).toBe(1);
    expect(columnsOf(wallOf(2, { columns: 3 }))).toBe(2);
  });

  it('leads to the pane beside, and not over its borders', () => {
    const wall = wallOf(5); // three and two
    expect(neighbour(wall, 0, 'ArrowRight')).toBe(1);
    expect(neighbour(wall, 2, 'ArrowRight')).toBe(2);
    expect(neighbour(wall, 3, 'ArrowLeft')).toBe(3);
    expect(neighbour(wall, 0, 'ArrowDown')).toBe(3);
    expect(neighbour(wall, 2, 'ArrowDown')).toBe(2);
    expect(neighbour(wall, 4, 'ArrowUp')).toBe(1);
    expect(neighbour(wallOf(3, { columns: 1 }), 1, 'ArrowRight')).toBe(2);
  });

  it('moves a pane, and what is maximised with it', () => {
    const wall = moved(wallOf(3, { max: 0 }), 0, 2);
    expect(wall.panes.map(({ agent }) => agent)).toEqual(['a1', 'a2', 'a0']);
    expect(wall.max).toBe(2);
    expect(moved(wall, 0, -1)).toBe(wall);
    expect(moved(wall, 2, 3)).toBe(wall);
  });

  it('is sent only what can be seen', () => {
    const sight = (isNarrow: boolean, front: number, isAway = false) => ({ isNarrow, front, isAway });
    const seen = (wall: WallState, how: ReturnType<typeof sight>) =>
      wall.panes.map((_, at) => at).filter((at) => !isOutOfSight(wall, at, how));
    expect(seen(wallOf(3), sight(false, 0))).toEqual([0, 1, 2]);
    expect(seen(wallOf(3, { max: 1 }), sight(false, 0))).toEqual([1]);
    expect(seen(wallOf(3), sight(true, 2))).toEqual([2]);
    expect(seen(wallOf(3, { max: 1 }), sight(true, 2))).toEqual([2]);
    expect(seen(wallOf(3), sight(false, 0, true))).toEqual([]);
  });
});
