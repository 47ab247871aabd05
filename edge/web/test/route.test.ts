import { describe, expect, it } from 'vitest';
import { NO_QUERY, type ListQuery } from '../src/model/listing';
import { EMPTY_WALL, type WallState } from '../src/model/panes';
import { hashOf, parseAddress, type Route } from '../src/model/route';
import type { StatusKind } from '../src/model/status';

const ID = '3:1795230320701-12.k3x9qa';

const there = (route: Route, query: ListQuery = NO_QUERY, wall: WallState = EMPTY_WALL) =>
  parseAddress(hashOf(route, query, wall));

describe('an address', () => {
  it('names places, there and back', () => {
    const routes: Route[] = [
      {},
      { agent: 'a1' },
      { agent: 'a1', event: ID },
      { agent: 'a1', at: 1_795_230_320_701 },
      { agent: 'a1', task: 't:1', offset: { offset: 4096, epoch: 'k3x9qa' } },
      { agent: 'a1', task: 't1', offset: { offset: 0 } },
      { agent: 'a1', show: ['messages', 'tasks'] },
      { view: 'wall' },
    ];
    for (const route of routes) expect(there(route).route).toEqual(route);
  });

  it('keeps the list’s filter, whatever place it names', () => {
    const query: ListQuery = {
      text: 'a & b = c + d % ü #',
      kinds: new Set<StatusKind>(['failed', 'other']),
      sort: 'cost',
      group: 'project',
      project: 'web:1',
      channel: 'messages',
    };
    for (const route of [{}, { agent: 'a1' }, { view: 'wall' as const }])
      expect(there(route, query).query).toEqual(query);
  });

  it('is short where nothing is out of the ordinary', () => {
    expect(hashOf({})).toBe('#/');
    expect(hashOf({ agent: 'a1' })).toBe('#/agents/a1');
    expect(hashOf({ agent: 'a1', event: ID })).toBe(`#/agents/a1?event=${ID}`);
    expect(hashOf({ view: 'wall' }, NO_QUERY, { panes: [{ agent: 'a1' }, { agent: 'a2', task: 't1' }] })).toBe(
      '#/wall?panes=a1,a2@t1',
    );
  });

  it('names a wall, there and back', () => {
    const wall: WallState = { panes: [{ agent: 'a1' }, { agent: 'a2', task: 't1' }], max: 1, columns: 2 };
    expect(there({ view: 'wall' }, NO_QUERY, wall).wall).toEqual(wall);
  });
});

describe('an address that somebody made up', () => {
  it('is the list if its place is none', () => {
    for (const hash of [
      '#/agents/%zz',
      '#/agents/' + 'a'.repeat(129),
      '#/agents/a%20b',
      '#/agents/a1/tasks/%2e%2e%2f',
      '#/agents/a1/tasks/',
      '#/agents/<script>',
      '#/walls',
    ])
      expect(parseAddress(hash).route).toEqual({});
    expect(parseAddress('#/agents/a1?x=' + 'a'.repeat(9_000)).route).toEqual({});
  });

  it('leads nowhere in an agent if what it leads to is no such thing', () => {
    for (const part of [
      'event=3:1-1',
      'event=3:1-1.toolong',
      'event=99999:1-1.abcdef',
      'at=-1',
      'at=1e3',
      'at=99999999999999999',
      'at=9999999999999999',
      'offset=4096',
      'show=everything',
      'show=',
      'event=%zz',
    ])
      expect(parseAddress(`#/agents/a1?${part}`).route).toEqual({ agent: 'a1' });
    for (const offset of ['-1', '1.5', '9007199254740993', '1.ABCDEF', '1.abc', '0x10', ''])
      expect(parseAddress(`#/agents/a1/tasks/t1?offset=${offset}`).route).toEqual({ agent: 'a1', task: 't1' });
  });

  it('filters by nothing that there is not, and by no more text than a field takes', () => {
    const { query } = parseAddress(
      `#/?status=failed,nonsense,__proto__&sort=__proto__&group=x&project=${'p'.repeat(200)}&channel=no&q=${'x'.repeat(900)}`,
    );
    expect(query).toEqual({ text: 'x'.repeat(200), kinds: new Set(['failed']), sort: 'name' });
  });

  it('pins no more than there is room for, nothing twice, and nothing that is no name', () => {
    const many = Array.from({ length: 40 }, (_, i) => `a${i}`).join(',');
    expect(parseAddress(`#/wall?panes=${many}`).wall.panes).toHaveLength(9);
    expect(parseAddress('#/wall?panes=a1,a1,a1@t1,a1@t1@x,@t1,a b,,a2@').wall.panes).toEqual([
      { agent: 'a1' },
      { agent: 'a1', task: 't1' },
    ]);
  });

  it('maximises no pane that there is not, and makes no columns that have no width', () => {
    for (const part of ['max=0', 'max=3', 'max=1.5', 'max=x', 'columns=0', 'columns=4', 'columns=-1', 'columns=1e9'])
      expect(parseAddress(`#/wall?panes=a1,a2&${part}`).wall).toEqual({ panes: [{ agent: 'a1' }, { agent: 'a2' }] });
  });

  it('shows an event even if its filter would leave it out', () =>
    expect(parseAddress(`#/agents/a1?event=${ID}&show=cost`).route).toEqual({ agent: 'a1', event: ID }));

  it('takes any bytes without failing', () => {
    let seed = 7;
    const next = (max: number) => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) % max;
    const pieces = [
      '#/',
      'agents/',
      'wall',
      '?',
      '&',
      '=',
      '%',
      '%zz',
      '%41',
      '@',
      ',',
      'a1',
      '/tasks/',
      'panes',
      '+',
      '\u0000',
      '😀',
    ];
    for (let i = 0; i < 5_000; i++) {
      const hash = Array.from({ length: next(20) }, () => pieces[next(pieces.length)]).join('');
      const { route, query, wall } = parseAddress(hash);
      expect(parseAddress(hashOf(route, query, wall)).route).toEqual(route);
    }
  });
});
