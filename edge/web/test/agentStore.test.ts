import { effect } from '@preact/signals';
import { beforeEach, describe, expect, it } from 'vitest';
import { AgentStore, KEPT_MS } from '../src/model/agentStore';
import { event, ManualFrames } from './samples';

let frames: ManualFrames;
let store: AgentStore;
let now: number;

beforeEach(() => {
  frames = new ManualFrames();
  now = 10_000;
  store = new AgentStore(() => now, frames.schedule);
});

const view = (name = 'a1') => store.get(name)!.view.peek();

describe('the store', () => {
  it('shows what section 15 of the protocol says', () => {
    store.take(event('agent.status', { status: 'waiting', detail: 'May I?' }, { task: 't1' }));
    store.take(event('agent.progress', { percent: 40, step: 'compiling', steps: 5, step_number: 2 }, { task: 't1' }));
    store.take(event('budget.cost', { usd: 0.5, usd_total: 3 }, { task: 't1' }));
    frames.draw();
    expect(view()).toMatchObject({
      status: 'waiting',
      kind: 'waiting',
      detail: 'May I?',
      task: 't1',
      percent: 40,
      step: 'compiling',
      steps: 5,
      stepNumber: 2,
      usd: 0.5,
      usdTotal: 3,
      partition: 3,
    });
  });

  it('shows as lost whose producer is gone, or that of the task at work, until it is heard of again', () => {
    const lost = { status: 'lost', reason: 'lease_expired', holder: 'runner-7' };
    const seen = { status: 'lost', kind: 'lost', detail: 'its producer is gone (runner-7)' };
    store.take(event('agent.status', { status: 'working', detail: 'on it' }, { ms: 100, task: 't1' }));
    store.take(event('agent.lost', lost, { ms: 200, stateKey: 'agent:a1:status' }));
    // What was said before, and comes later.
    store.take(event('agent.status', { status: 'working' }, { ms: 150, task: 't1' }));
    frames.draw();
    expect(view()).toMatchObject(seen);
    store.take(event('agent.status', { status: 'working' }, { ms: 300, task: 't2' }));
    // Of another task; and of this one, in another stream, before that.
    store.take(event('task.lost', lost, { ms: 400, task: 't1', partition: 5 }));
    store.take(event('task.lost', lost, { ms: 290, task: 't2', partition: 5 }));
    frames.draw();
    expect(view()).toMatchObject({ status: 'working', kind: 'working' });
    store.take(event('task.lost', lost, { ms: 400, task: 't2', partition: 5 }));
    frames.draw();
    expect(view()).toMatchObject(seen);
    store.take(event('agent.status', { status: 'done' }, { ms: 500, task: 't2' }));
    frames.draw();
    expect(view()).toMatchObject({ status: 'done', detail: undefined });
  });

  it('knows what the task at work is about, from what comes and from history', () => {
    store.take(event('task.started', { title: 'First' }, { task: 't1' }));
    frames.draw();
    expect(view()).toMatchObject({ task: 't1', title: 'First' });
    store.take(event('agent.status', { status: 'working' }, { task: 't2' }));
    frames.draw();
    expect(view().title).toBeUndefined();
    store.learnTitles([
      event('task.started', { title: 'Second' }, { task: 't2', ms: 10 }),
      event('task.started', { title: 'First' }, { task: 't1', ms: 5 }),
      event('task.started', { title: 'Of nobody' }, { task: 't9', agent: 'gone' }),
    ]);
    frames.draw();
    expect(view()).toMatchObject({ task: 't2', title: 'Second', status: 'working' });
    expect(store.size).toBe(1);
  });

  it('redraws an agent once per frame, however many events came, and no other agent', () => {
    store.take(event('agent.status', { status: 'working' }));
    store.take(event('agent.status', { status: 'working' }, { agent: 'a2' }));
    frames.draw();
    const drawn = { a1: 0, a2: 0 };
    effect(() => void (store.get('a1')!.view.value, drawn.a1++));
    effect(() => void (store.get('a2')!.view.value, drawn.a2++));
    frames.asked = 0;
    for (let i = 0; i < 100; i++) store.take(event('agent.progress', { percent: i }));
    frames.draw();
    expect(frames.asked).toBe(1);
    expect(drawn).toEqual({ a1: 2, a2: 1 });
    expect(view().percent).toBe(99);
  });

  it('shows no value that was deleted, and no agent without any', () => {
    const status = { stateKey: 'agent:a1:status', task: 't1' };
    const progress = { stateKey: 'agent:a1:progress', task: 't1' };
    store.take(event('agent.status', { status: 'working' }, status));
    store.take(event('agent.progress', { percent: 40, step: 'compiling' }, progress));
    store.take(event('agent.progress', null, progress));
    frames.draw();
    expect(view()).toMatchObject({ status: 'working', percent: undefined, step: undefined });
    store.take(event('agent.progress', { percent: 10 }, progress));
    store.take(event('agent.status', null, status));
    frames.draw();
    expect(view()).toMatchObject({ status: '', kind: 'other', percent: 10 });
    const before = store.shape.peek();
    store.take(event('agent.progress', null, progress));
    frames.draw();
    expect(store.size).toBe(0);
    expect(store.shape.peek()).toBeGreaterThan(before);
  });

  it('tells lists only when an agent comes or changes its status', () => {
    store.take(event('agent.status', { status: 'working' }, { task: 't1' }));
    frames.draw();
    const before = store.shape.peek();
    store.take(event('agent.progress', { percent: 3 }, { task: 't2' }));
    frames.draw();
    expect(store.shape.peek()).toBe(before);
    store.take(event('agent.status', { status: 'done' }, { task: 't1' }));
    frames.draw();
    expect(store.shape.peek()).toBe(before + 1);
    expect(Object.fromEntries(store.counts())).toEqual({ done: 1 });
  });

  it('is not set back by an older value of a snapshot', () => {
    store.take(event('agent.status', { status: 'done' }, { ms: 5_000 }));
    store.take(event('agent.status', { status: 'working' }, { ms: 4_000 }));
    frames.draw();
    expect(view().status).toBe('done');
  });

  it('takes a new life of the stream though its offsets begin anew', () => {
    store.take({ ...event('agent.status', { status: 'done' }), id: '3:5000-900.aaaaaa' });
    store.take({ ...event('agent.status', { status: 'working' }), id: '3:4999-1.bbbbbb' });
    frames.draw();
    expect(view().status).toBe('working');
  });

  it('begins a bar anew with a new task, and ignores what comes late of the old one', () => {
    store.take(event('agent.progress', { percent: 90, step: 'last' }, { task: 't1', ms: 100 }));
    store.take(event('task.started', {}, { task: 't2', ms: 200 }));
    frames.draw();
    expect(view()).toMatchObject({ task: 't2', percent: undefined, step: undefined });
    store.take(event('agent.progress', { percent: 95 }, { task: 't1', ms: 150 }));
    frames.draw();
    expect(view()).toMatchObject({ task: 't2', percent: undefined });
    store.take(event('agent.progress', { percent: 5 }, { task: 't2', ms: 300 }));
    frames.draw();
    expect(view().percent).toBe(5);
  });

  it('shows a status word of the producer’s own, and odd payloads as far as they can be read', () => {
    store.take(event('agent.status', { status: 'reviewing' }));
    store.take(event('agent.progress', { percent: 'half', step: 7 }));
    store.take(event('agent.status', null, { agent: 'a2' }));
    store.take(event('agent.status', 'text', { agent: undefined }));
    frames.draw();
    expect(view()).toMatchObject({ status: 'reviewing', kind: 'other', percent: undefined, step: undefined });
    expect(view('a2').status).toBe('');
    expect(store.size).toBe(2);
  });

  describe('with values that come again', () => {
    const names = () => [...store.all()].map((agent) => agent.name);
    const working = (agent: string, partition: number) =>
      store.take(event('agent.status', { status: 'working' }, { agent, partition }));

    beforeEach(() => {
      working('a1', 3);
      working('a2', 3);
      working('b1', 4);
      frames.draw();
      store.begin();
    });

    it('forgets agents of a stream with a gap that are not among them, and only with the last of them', () => {
      store.takeGap({ partition: 3 });
      working('a2', 3);
      expect(store.size).toBe(3);
      const before = store.shape.peek();
      store.valuesComplete();
      expect(names()).toEqual(['a2', 'b1']); // of the other stream no values came: it lost nothing
      expect(store.shape.peek()).toBe(before + 1);
    });

    it('forgets nobody by a gap after which none come: of nothing, or in the middle of delivery', () => {
      store.takeGap({ partition: 3, missing: 0 });
      working('b1', 4);
      store.takeGap({ partition: 4, missing: 7 });
      store.begin();
      store.takeGap({ partition: 5 });
      store.valuesComplete();
      expect(names()).toEqual(['a1', 'a2', 'b1']);
    });

    it('still knows whom to forget when a break came between', () => {
      store.takeGap({ partition: 3 });
      working('a2', 3);
      store.begin(); // resumed behind the gap: the values come anew, the gap does not
      working('a2', 3);
      store.valuesComplete();
      expect(names()).toEqual(['a2', 'b1']);
    });

    it('forgets all that are not among them when all come', () => {
      store.expectAll();
      working('b1', 4);
      store.valuesComplete();
      expect(names()).toEqual(['b1']);
    });
  });

  it('forgets what ended so long ago that the server has forgotten it, and nothing that may go on', () => {
    store.take(event('agent.status', { status: 'done' }, { ms: 5_000 }));
    store.take(event('agent.status', { status: 'failed' }, { agent: 'a2', ms: 6_000 }));
    store.take(event('agent.status', { status: 'waiting' }, { agent: 'a3', ms: 5_000 }));
    frames.draw();
    now = 5_000 + KEPT_MS;
    store.forgetOld();
    expect(store.size).toBe(3);
    const before = store.shape.peek();
    now++;
    store.forgetOld();
    expect([...store.all()].map((agent) => agent.name)).toEqual(['a2', 'a3']);
    expect(store.shape.peek()).toBe(before + 1);
  });

  it('remembers nothing of types that producers make up', () => {
    store.take(event('agent.status', { status: 'working' }));
    for (let i = 0; i < 100; i++) store.take(event(`made.up.${i}`, {}));
    expect((store.get('a1') as unknown as { newest: Map<string, unknown> }).newest.size).toBe(1);
  });

  it('guesses no end for what has ended', () => {
    store.take(event('agent.progress', { percent: 50, eta_ms: 60_000 }, { task: 't1', ms: 9_000 }));
    frames.draw();
    expect(view().endsAt).toBe(69_000);
    store.take(event('agent.status', { status: 'failed' }, { task: 't1', ms: 9_500 }));
    frames.draw();
    expect(view().endsAt).toBeUndefined();
  });
});
