// How a subscription is consumed, and what is reported of it.
import { toBase64, toWireEvent, toWireGap } from './driver.mjs';

/** What is told of an item of events. */
const eventReports = {
    event: ({ event, origin }) => ({ saw: 'event', origin, event: toWireEvent(event) }),
    gap: ({ gap }) => ({ saw: 'gap', gap: toWireGap(gap) }),
    snapshot: () => ({ saw: 'snapshot' }),
    conflated: ({ count }) => ({ saw: 'conflated', count }),
};

/** What is told of an item of a terminal. */
const terminalReports = {
    bytes: ({ offset, data, stream }) => ({ saw: 'bytes', offset, data: toBase64(data), stream }),
    resize: ({ cols, rows }) => ({ saw: 'resize', cols, rows }),
    gap: ({ gap }) => ({ saw: 'gap', gap: toWireGap(gap) }),
    end: ({ exitCode }) => ({ saw: 'end', exit_code: exitCode }),
};

export function watchEvents(subscription, consume, report) {
    const callbacks = () =>
        subscription
            .on('event', (_, item) => report(eventReports.event(item)))
            .on('gap', (gap) => report(eventReports.gap({ gap })))
            .on('snapshot', () => report(eventReports.snapshot()))
            .on('conflated', (count) => report(eventReports.conflated({ count })));
    return watch(subscription, consume, report, eventReports, callbacks);
}

export function watchTerminal(subscription, consume, report) {
    const callbacks = () =>
        subscription
            .on('bytes', (_, item) => report(terminalReports.bytes(item)))
            .on('gap', (gap) => report(terminalReports.gap({ gap })))
            .on('resize', (size) => report(terminalReports.resize(size)))
            .on('end', (exitCode) => report(terminalReports.end({ exitCode })));
    return watch(subscription, consume, report, terminalReports, callbacks);
}

function watch(subscription, consume, report, reports, callbacks) {
    subscription.on('status', (status) => report({ saw: 'status', status }));
    const failed = ({ code, detail }) => report({ saw: 'failed', code, detail });
    if (consume === 'callbacks') {
        callbacks().on('error', failed);
        return { subscription, take: () => Promise.reject(new Error('callbacks are not taken from')) };
    }
    const iterator = subscription[Symbol.asyncIterator]();
    const take = async (count) => {
        for (let i = 0; i < count; i++) {
            const { done, value } = await iterator.next();
            if (done) return;
            report(reports[value.kind](value));
        }
    };
    if (consume === 'manual') return { subscription, take };
    take(Infinity).catch(failed);
    return { subscription, take: () => Promise.reject(new Error('it iterates by itself')) };
}
