import { beforeEach, describe, expect, it } from 'vitest';
import { AgentStore } from '../src/model/agentStore';
import { list, noMatch, type ListQuery } from '../src/model/listing';
import type { StatusKind } from '../src/model/status';
import { event, ManualFrames } from './samples';

let store: AgentStore;

beforeEach(() => {
  const frames = new ManualFrames();
  store = new AgentStore(() => 0, frames.schedule);
  const add = (agent: string, status: string, step: string, percent: number, usd: number, ms: number) => {
    store.take(event('agent.status', { status }, { agent, task: `${agent}-task`, ms }));
    store.take(event('agent.progress', { percent, step }, { agent, task: `${agent}-task`, ms }));
    store.take(event('budget.cost', { usd_total: usd }, { agent, ms }));
  };
  add('agent-10', 'working', 'Compiling', 10, 3, 100);
  add('agent-9', 'failed', 'Testing', 90, 1, 300);
  add('builder', 'done', 'Compiling', 100, 2, 200);
  add('zeta', 'waiting', 'Asking', 50, 0, 50);
  frames.draw();
});

const names = (query: Partial<ListQuery>) =>
  list(store.all(), { text: '', kinds: new Set<StatusKind>(), sort: 'name', ...query }).map((agent) => agent.name);

describe('the list', () => {
  it('is ordered by name as people count', () => expect(names({})).toEqual(['agent-9', 'agent-10', 'builder', 'zeta']));
  it('puts first what needs attention', () =>
    expect(names({ sort: 'attention' })).toEqual(['agent-9', 'zeta', 'agent-10', 'builder']));
  it('is ordered by last activity', () =>
    expect(names({ sort: 'activity' })).toEqual(['agent-9', 'builder', 'agent-10', 'zeta']));
  it('is ordered by progress', () =>
    expect(names({ sort: 'progress' })).toEqual(['builder', 'agent-9', 'zeta', 'agent-10']));
  it('is ordered by cost', () => expect(names({ sort: 'cost' })).toEqual(['agent-10', 'builder', 'agent-9', 'zeta']));
  it('finds by name, task and step, all words of it', () => {
    expect(names({ text: 'COMPIL' })).toEqual(['agent-10', 'builder']);
    expect(names({ text: 'compiling agent-10-task' })).toEqual(['agent-10']);
    expect(names({ text: 'nothing' })).toEqual([]);
  });
  it('keeps to the statuses chosen', () =>
    expect(names({ kinds: new Set<StatusKind>(['done', 'waiting']) })).toEqual(['builder', 'zeta']));
});

describe('a list without agents', () => {
  it('says what was asked for, and nothing else', () => {
    const kinds = (...kinds: StatusKind[]) => new Set(kinds);
    expect(noMatch(6, { text: 'x', kinds: kinds() })).toBe(
      'None of 6 agents has these words in its name, task or step.',
    );
    expect(noMatch(6, { text: ' ', kinds: kinds('failed') })).toBe('None of 6 agents has this status.');
    expect(noMatch(6, { text: 'x', kinds: kinds('failed', 'lost') })).toBe(
      'None of 6 agents has one of these statuses and these words in its name, task or step.',
    );
    expect(noMatch(1, { text: '', kinds: kinds('failed') })).toBe('The one agent has not this status.');
  });
});
