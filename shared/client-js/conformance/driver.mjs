// Drives the SDK by the commands of tests/Conformance/README.md. The same in Node and in browsers.
import { RealtimeClient, RealtimeError } from '../dist/index.js';
import { watchEvents, watchTerminal } from './watching.mjs';

/** Answers commands by `do`, and tells what it saw by `report`. */
export class Driver {
    #report;
    #clients = new Map();
    #watched = new Map();
    #writers = new Map();
    #leases = new Map();

    constructor(report) {
        this.#report = report;
    }

    /** Never throws: what went wrong is in the answer. */
    async do(command) {
        try {
            const run = commands[command.do];
            if (run === undefined) throw new RealtimeError('bad_request', `there is no command ${command.do}`);
            return { n: command.n, ok: true, ...(await run(this, command)) };
        } catch (error) {
            return { n: command.n, error: { code: error.code ?? 'internal', detail: error.detail ?? String(error) } };
        }
    }

    /** Ends all clients. */
    async end() {
        await Promise.all([...this.#clients.values()].map((client) => client.close()));
    }

    open({ client: name, url, tokens, tickets, options = {} }) {
        let next = 0;
        const token = ({ attempt, refused, expiring }) => {
            this.#report({ saw: 'token', client: name, attempt, refused, expiring });
            const given = tokens[Math.min(next++, tokens.length - 1)];
            if (given === null) throw new Error('the scenario has no token now');
            return given;
        };
        const given = [...(tickets ?? [])];
        const ticket = ({ attempt }) => {
            this.#report({ saw: 'ticket', client: name, attempt });
            return given.length > 1 ? given.shift() : given[0];
        };
        const client = new RealtimeClient({
            url,
            token,
            ticket: tickets && ticket,
            ...toOptions(options),
        });
        client.on('state', (state) => this.#report({ saw: 'state', client: name, ...toState(state) }));
        client.on('notice', ({ code }) => this.#report({ saw: 'notice', client: name, code }));
        this.#clients.set(name, client);
    }

    client({ client }) {
        return found(this.#clients, client);
    }

    watched({ subscription }) {
        return found(this.#watched, subscription);
    }

    /** The one of a task; another one behind it if it is to go on after a loss. */
    writer({ client, task, go_on_after_loss: goOnAfterLoss = false }) {
        const name = `${client}/${task}`;
        const writer = this.#writers.get(name);
        if (writer !== undefined && !goOnAfterLoss) return writer;
        const made = found(this.#clients, client).terminalWriter(task, { offset: writer?.offset, goOnAfterLoss });
        this.#writers.set(name, made);
        return made;
    }

    async lease({ client, lease: name, agent, task, ttl }) {
        const holder = found(this.#clients, client);
        const lease = await (task === undefined
            ? holder.leaseAgent(agent, { ttl })
            : holder.leaseTask(task, { agent, ttl }));
        lease.lost.addEventListener('abort', () =>
            this.#report({ saw: 'lost', lease: name, code: lease.lost.reason.code }),
        );
        this.#leases.set(name, lease);
    }

    leased({ lease }) {
        return found(this.#leases, lease);
    }

    watch(command, subscription, watch) {
        const name = command.subscription;
        this.#watched.set(
            name,
            watch(subscription, command.consume, (report) => this.#report({ ...report, subscription: name })),
        );
    }
}

const commands = {
    open: (driver, command) => driver.open(command),
    connect: (driver, command) => driver.client(command).connect(),
    heartbeat: (driver, command) => ({ ms: driver.client(command).heartbeat }),
    subscribe: (driver, command) => {
        const { after, snapshot, conflate } = command;
        const filter = { ...filterOf(command.filter ?? {}), ...filterOf(command) };
        driver.watch(command, driver.client(command).subscribe({ ...filter, after, snapshot, conflate }), watchEvents);
    },
    terminal: (driver, command) => {
        driver.watch(command, driver.client(command).terminal(command.task, { from: command.from }), watchTerminal);
    },
    take: (driver, command) => driver.watched(command).take(command.count),
    active: (driver, command) => driver.watched(command).subscription.active(),
    pause: (driver, command) => driver.watched(command).subscription.pause(),
    resume: (driver, command) => driver.watched(command).subscription.resume(),
    unsubscribe: (driver, command) => driver.watched(command).subscription.close(),
    cursor: (driver, command) => {
        const { subscription } = driver.watched(command);
        return { cursor: subscription.cursor ?? [subscription.position] };
    },
    buffered: (driver, command) => {
        const { items, bytes, itemsMost, bytesMost } = driver.watched(command).subscription.buffered;
        return { items, bytes, items_max: itemsMost, bytes_max: bytesMost };
    },
    create_ticket: async (driver, command) => {
        const { scope, origin } = command;
        const made = await driver.client(command).createTicket({ scope, origin });
        return { ticket: made.ticket, expires_at: made.expiresAt };
    },
    publish: async (driver, command) => ({
        results: await driver.client(command).publish(command.events.map(toPublish)),
    }),
    history: async (driver, command) => {
        const { after, limit } = command;
        const { events, next, gaps, more } = await driver
            .client(command)
            .history({ ...filterOf(command), after, limit });
        return { events: events.map(toWireEvent), next, gaps: gaps.map(toWireGap), more };
    },
    latest: async (driver, command) => {
        const { last, before: earlier } = command;
        const page = await driver.client(command).latest({ ...filterOf(command), last, before: earlier });
        return { ...page, events: page.events.map(toWireEvent) };
    },
    values: async (driver, command) => {
        const { limit, after_agent: afterAgent } = command;
        const { agents, cursor, more } = await driver
            .client(command)
            .values({ ...filterOf(command), limit, afterAgent });
        const toWire = ({ agent, values }) => ({
            agent,
            values: Object.fromEntries(Object.entries(values).map(([key, event]) => [key, toWireEvent(event)])),
        });
        return { agents: agents.map(toWire), cursor, more };
    },
    read_terminal: async (driver, command) => {
        const { data, epoch, offset, end, exitCode } = await driver
            .client(command)
            .readTerminal(command.task, { from: command.from });
        return { data: toBase64(data), epoch, offset, end, exit_code: exitCode };
    },
    append_terminal: async (driver, command) => {
        const { end, epoch } = await driver.writer(command).append(fromBase64(command.data));
        return { end, epoch };
    },
    end_terminal: (driver, command) => driver.writer(command).end(command.exit_code),
    lease: (driver, command) => driver.lease(command),
    release: (driver, command) => driver.leased(command).release(),
    close: (driver, command) => driver.client(command).close(),
};

function found(map, name) {
    if (!map.has(name)) throw new RealtimeError('bad_request', `there is no ${name}`);
    return map.get(name);
}

function toOptions(options) {
    return {
        format: options.format,
        reconnect: {
            delay: options.reconnect_delay,
            delayMax: options.reconnect_delay_max,
            attemptsMax: options.attempts_max,
        },
        connectTimeout: options.connect_timeout,
        heartbeat: options.heartbeat,
        producer: options.producer,
        bufferItems: options.buffer_items,
        bufferBytes: options.buffer_bytes,
        publish: { attemptsMax: options.publish_attempts_max, timeout: options.publish_timeout },
    };
}

function toState(state) {
    const { status, attempt, delay: delay_ms, closeCode, reason, error } = state;
    const code = error?.code ?? (status === 'closed' ? 'closed' : undefined);
    const { detail } = error ?? {};
    return { status, attempt, delay_ms, close_code: closeCode ?? error?.closeCode, code, detail, reason };
}

function filterOf({ channels, agents, tasks, projects, types }) {
    const given = Object.entries({ channels, agents, tasks, projects, types }).filter(([, list]) => list !== undefined);
    return Object.fromEntries(given);
}

function toPublish({ state_key: stateKey, ...event }) {
    return stateKey === undefined ? event : { ...event, stateKey };
}

/** An event as on the wire. */
export function toWireEvent({ stateKey, appended: _, ...event }) {
    return stateKey === undefined ? { op: 'event', ...event } : { op: 'event', ...event, state_key: stateKey };
}

/** A gap as on the wire. */
export function toWireGap({ resumesAt, ...gap }) {
    return { ...gap, resumes_at: resumesAt };
}

/** Bytes as base64, where there is no Buffer too. */
export function toBase64(bytes) {
    let binary = '';
    for (let i = 0; i < bytes.length; i += 8_192) binary += String.fromCharCode(...bytes.subarray(i, i + 8_192));
    return btoa(binary);
}

function fromBase64(text) {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
