import { describe, expect, it } from 'vitest';
import { AgentStore } from '../src/model/agentStore';
import { rowsOf, stemOf } from '../src/model/grouping';
import { list, NO_QUERY, noMatch } from '../src/model/listing';
import { rowAt, topsOf } from '../src/model/rowHeights';
import { learnStrangers } from '../src/model/strangers';
import { event, ManualFrames } from './samples';

function storeOf(...agents: [name: string, status: string, project?: string][]): AgentStore {
  const frames = new ManualFrames();
  const store = new AgentStore(() => 0, frames.schedule);
  for (const [agent, status, project] of agents)
    store.take(event('agent.status', { status }, { agent, ...(project && { project }) }));
  frames.draw();
  return store;
}

const lines = (store: AgentStore, by: Parameters<typeof rowsOf>[1], ...folded: string[]) =>
  rowsOf(store.all(), by, new Set(folded)).map((row) =>
    row.kind === 'agent' ? row.agent.name : `${row.group.label}: ${row.group.size}`,
  );

describe('a grouped list', () => {
  const store = storeOf(
    ['w-10', 'working', 'web'],
    ['w-9', 'failed', 'web'],
    ['b-1', 'working', 'api'],
    ['solo', 'working'],
  );

  it('has its agents under their projects, those without one last', () => {
    expect(lines(store, 'project')).toEqual(['api: 1', 'b-1', 'web: 2', 'w-9', 'w-10', 'No project: 1', 'solo']);
  });
  it('has them under their statuses, the most urgent first', () => {
    expect(lines(store, 'status')).toEqual(['failed: 1', 'w-9', 'working: 3', 'b-1', 'solo', 'w-10']);
  });
  it('has them under their names without a number', () => {
    expect(lines(store, 'name')).toEqual(['b: 1', 'b-1', 'solo: 1', 'solo', 'w: 2', 'w-9', 'w-10']);
    expect(['a-12', 'a12', 'a.1-2', '12'].map(stemOf)).toEqual(['a', 'a', 'a.1', '12']);
  });
  it('leaves out who is folded away, and counts them all the same', () => {
    expect(lines(store, 'project', 'web')).toEqual(['api: 1', 'b-1', 'web: 2', 'No project: 1', 'solo']);
    const [web] = rowsOf(store.all(), 'project', new Set(['web'])).filter(
      (row) => row.kind === 'group' && row.group.key === 'web',
    );
    expect(web).toMatchObject({
      group: {
        counts: [
          ['failed', 1],
          ['working', 1],
        ],
        isFolded: true,
      },
    });
  });
  it('keeps to a project, and to a channel', () => {
    const names = (query: object) => list(store.all(), { ...NO_QUERY, ...query }).map(({ name }) => name);
    store.take(event('agent.message', { text: 'hi' }, { agent: 'solo', channel: 'messages' }));
    expect(names({ project: 'web' })).toEqual(['w-9', 'w-10']);
    expect(names({ channel: 'messages' })).toEqual(['solo']);
    expect(store.projects()).toEqual(['api', 'web']);
    expect(noMatch(4, { ...NO_QUERY, project: 'x', channel: 'budget' })).toBe(
      'None of 4 agents has the project x and told anything on the channel budget.',
    );
  });
});

describe('rows of two heights', () => {
  const tops = topsOf([32, 44, 44, 32, 44], (height) => height);

  it('begin where those above end', () => expect([...tops]).toEqual([0, 32, 76, 120, 152, 196]));
  it('are found by where one is', () =>
    expect([-5, 0, 31, 32, 75, 76, 151, 152, 900].map((y) => rowAt(tops, y))).toEqual([0, 0, 0, 1, 1, 2, 3, 4, 4]));
  it('may be none', () =>
    expect(
      rowAt(
        topsOf([], () => 1),
        10,
      ),
    ).toBe(0));
});

describe('agents that only said something', () => {
  const said = (agent: string, ms: number) =>
    event('agent.message', { text: 'hi' }, { agent, ms, channel: 'messages' });
  const status = (agent: string, ms: number, payload: unknown) =>
    event('agent.status', payload, { agent, ms, stateKey: `agent:${agent}:status` });

  it('are learnt from history; not if their values were deleted since', async () => {
    const store = storeOf(['known', 'working']);
    const all = [
      said('talker', 10),
      said('gone', 20),
      said('known', 25),
      status('gone', 30, { status: 'done' }),
      status('gone', 40, null),
      said('back', 50),
      status('back', 60, null),
      said('back', 70),
    ];
    const asked: unknown[] = [];
    await learnStrangers(
      {
        latest: async (query) => {
          asked.push(query);
          const { agents, channels } = query;
          return { events: all.filter((one) => (channels ? one.channel === channels : agents!.includes(one.agent!))) };
        },
      },
      store,
    );
    expect(store.all().map(({ name }) => name)).toEqual(['back', 'known', 'talker']);
    expect(asked).toEqual([
      { channels: 'messages', last: 500 },
      { agents: ['talker', 'gone', 'back'], last: 1_000 },
    ]);
  });
});
