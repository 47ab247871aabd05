import { describe, expect, test } from 'vitest';
import { addFilterTo, compileFilter, type EventFilter, toWireFilter } from '../src/filter.js';
import type { WireEvent } from '../src/messages.js';
import { wireEvent } from './support/fakeWorld.js';

const event = (more: object) => wireEvent(1, more) as WireEvent;

describe('a filter', () => {
  test.each<[EventFilter, object, boolean]>([
    [{}, {}, true],
    [{ channels: ['agents'] }, {}, true],
    [{ channels: 'tasks' }, {}, false],
    [{ channels: '*' }, {}, true],
    [{ channels: ['tasks', '*'] }, {}, true],
    [{ agents: 'a1' }, {}, true],
    [{ agents: 'a' }, {}, false],
    [{ agents: 'a*' }, {}, true],
    [{ agents: 'A*' }, {}, false],
    [{ agents: ['b*', 'a1'] }, {}, true],
    [{ agents: '*' }, {}, true],
    [{ agents: '*' }, { agent: undefined }, false],
    [{ agents: 'a.*' }, { agent: 'ab' }, false],
    [{ tasks: '*' }, {}, false],
    [{ tasks: 't*' }, { task: 't1' }, true],
    [{ projects: 'p1' }, { project: 'p1' }, true],
    [{ types: 'agent.*' }, {}, true],
    [{ types: 'agent.progress' }, {}, false],
    [{ agents: 'a1', types: 'task.*' }, {}, false],
    [{ agents: [] }, {}, false],
  ])('%j of an event with %j: %s', (filter, more, matches) => {
    expect(compileFilter(filter)(event(more))).toBe(matches);
  });

  test('goes onto the wire, and into a query', () => {
    const filter: EventFilter = { channels: ['agents', 'tasks'], agents: 'a*', tasks: undefined };
    expect(toWireFilter(filter)).toEqual({ channels: ['agents', 'tasks'], agents: 'a*' });
    const query = new URLSearchParams();
    addFilterTo(query, filter);
    expect([...query]).toEqual([
      ['channels', 'agents,tasks'],
      ['agents', 'a*'],
    ]);
  });
});
