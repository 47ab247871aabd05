// Agents made up for looking at the page: `node scripts/publish.mjs COUNT [RATE SECONDS]`, with PAGE and PUBLISHER set.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const base = process.env.PAGE ?? 'http://127.0.0.1:4173';
const STATUSES = [
    'working',
    'working',
    'working',
    'waiting',
    'done',
    'failed',
    'queued',
    'stopped',
    'lost',
    'reviewing',
];
const NAMES = [
    'api-refactor',
    'bug-hunter',
    'changelog',
    'dependency-bump',
    'docs-writer',
    'e2e-tests',
    'flaky-tests',
    'i18n',
    'lint-fixer',
    'migrator',
];
const STEPS = [
    'Reading src/router.ts',
    'Running the unit tests',
    'Editing the parser',
    'Waiting for CI',
    'Writing a migration',
    'Comparing screenshots',
];
const DETAILS = {
    waiting: 'May I delete the table `sessions_old`?',
    done: 'Pull request #4812 is open',
    failed: '3 of 214 tests failed in packages/core',
    lost: 'no heartbeat for 30 s',
    stopped: 'stopped by anna@example.org',
};

export const nameOf = (i) => `${NAMES[i % NAMES.length]}-${String(Math.floor(i / NAMES.length) + 1).padStart(2, '0')}`;

export async function send(events) {
    const answer = await fetch(`${base}/v1/events`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${process.env.PUBLISHER}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(events),
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
}

export const status = (agent, word, task) => ({
    channel: 'agents',
    type: 'agent.status',
    agent,
    task,
    state_key: `agent:${agent}:status`,
    payload: { status: word, detail: DETAILS[word] },
});

export const progress = (agent, percent, task, step, more = {}) => ({
    channel: 'agents',
    type: 'agent.progress',
    agent,
    task,
    state_key: `agent:${agent}:progress`,
    payload: { percent, step, ...more },
});

/** So many agents, each with a status, and what goes with it. */
export async function seed(count) {
    const events = [];
    for (let i = 0; i < count; i++) {
        const agent = nameOf(i);
        const task = `${agent}-t${1 + ((i * 7) % 40)}`;
        const word = STATUSES[(i * 3) % STATUSES.length];
        const percent = word === 'queued' ? 0 : word === 'done' ? 100 : (i * 37) % 97;
        const steps = 4 + (i % 5);
        events.push(
            {
                channel: 'tasks',
                type: 'task.started',
                agent,
                task,
                payload: { title: 'Move the router to the new parser', command: 'agent run --plan plan.md' },
            },
            status(agent, word, task),
            progress(agent, percent, task, STEPS[i % STEPS.length], {
                step_number: 1 + Math.floor((percent / 101) * steps),
                steps,
                ...(i % 2 === 0 && { eta_ms: 40_000 + i * 9_000 }),
            }),
            {
                channel: 'budget',
                type: 'budget.cost',
                agent,
                task,
                state_key: `agent:${agent}:cost`,
                payload: { usd: ((i * 13) % 400) / 100 + 0.004, usd_total: ((i * 131) % 9000) / 100 + 0.12 },
            },
            {
                channel: 'messages',
                type: 'agent.message',
                agent,
                task,
                payload: {
                    text: 'The parser keeps comments now; 12 files changed.',
                    level: i % 4 === 0 ? 'warning' : 'info',
                },
            },
        );
    }
    for (let at = 0; at < events.length; at += 500) await send(events.slice(at, at + 500));
}

/** So many updates a second, spread over all agents. */
export async function run(count, rate, seconds) {
    const percents = new Array(count).fill(0);
    const began = Date.now();
    let sent = 0;
    while (Date.now() - began < seconds * 1000) {
        const due = Math.floor(((Date.now() - began) / 1000) * rate) - sent;
        const batch = Array.from({ length: Math.min(due, 200) }, (_, k) => {
            const i = (sent + k) % count;
            percents[i] = (percents[i] + 1.7) % 100;
            return progress(
                nameOf(i),
                percents[i],
                `${nameOf(i)}-load-${Math.floor(sent / count / 59)}`,
                STEPS[(sent + k) % STEPS.length],
            );
        });
        if (batch.length > 0) await send(batch);
        sent += batch.length;
        await sleep(100);
    }
    return sent;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const [count = 40, rate = 0, seconds = 10] = process.argv.slice(2).map(Number);
    await seed(count);
    if (rate > 0) console.log(`${await run(count, rate, seconds)} updates`);
}
