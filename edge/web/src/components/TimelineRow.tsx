import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { AgentEvent } from '@realtime/client';
import { fieldsOf, lossOf, numberOf, textOf } from '../model/events';
import { duration, type Times } from '../model/durations';
import { clockTime, dateTime, dollars } from '../model/format';
import { kindOf } from '../model/status';
import type { Entry } from '../model/timeline';
import { ChevronIcon, CostIcon, DotIcon, MessageIcon, PlayIcon, ProgressIcon, StatusIcon, WarningIcon } from './Icon';
import { json, Raw } from './EventRaw';
import { memo } from './memo';
import { statusLabel } from './words';
import { InlineCode } from './InlineCode';

/** One event: what it says in words, and on request exactly what was sent. */
export const EventRow = memo(function EventRow({
    entry,
    missed,
    stopped,
    after,
    took,
    isTarget,
}: Times & {
    entry: Entry;
    missed: boolean;
    /** What a link led to. */
    isTarget: boolean;
    /** Its task was stopped by somebody. */
    stopped: boolean;
}) {
    const [open, setOpen] = useState(false);
    const { event, place } = entry;
    const { icon, text, tone } = describe(event, stopped);
    return (
        <li
            class={`event ${tone ?? ''} ${missed ? 'missed' : ''} ${isTarget ? 'target' : ''}`}
            aria-current={isTarget ? 'location' : undefined}
            data-testid="timeline-event"
            data-type={event.type}
            data-event-id={event.id}
        >
            <button type="button" class="event-head" aria-expanded={open} onClick={() => setOpen(!open)}>
                <time dateTime={new Date(place.ms).toISOString()} title={dateTime(place.ms)}>
                    {clockTime(place.ms)}
                </time>
                <span class="event-icon">{icon}</span>
                <span class="event-text">{text}</span>
                <Between after={after} took={took} />
                <ChevronIcon open={open} />
            </button>
            {open && <Raw event={event} />}
        </li>
    );
});

/** A run of progress of one task: one line that says how far it came, and on request each step. */
export const ProgressRow = memo(function ProgressRow({
    entries,
    missed,
    after,
    took,
    isTarget,
}: Times & {
    isTarget: boolean;
    entries: Entry[];
    count: number;
    newest: string;
    missed: boolean;
}) {
    const [open, setOpen] = useState(false);
    const last = entries[0]!;
    const first = entries[entries.length - 1]!;
    const to = percentOf(last.event);
    const from = percentOf(first.event);
    const step = textOf(fieldsOf(last.event.payload).step);
    return (
        <li
            class={`event run ${missed ? 'missed' : ''} ${isTarget ? 'target' : ''}`}
            aria-current={isTarget ? 'location' : undefined}
            data-testid="timeline-event"
            data-type="agent.progress"
            data-event-id={last.event.id}
        >
            <button type="button" class="event-head" aria-expanded={open} onClick={() => setOpen(!open)}>
                <time dateTime={new Date(last.place.ms).toISOString()} title={dateTime(last.place.ms)}>
                    {clockTime(last.place.ms)}
                </time>
                <span class="event-icon">
                    <ProgressIcon />
                </span>
                <span class="event-text">
                    <span class="strong">{entries.length > 1 && from !== to ? `${from} → ${to}` : to}</span>
                    {step && <span> {step}</span>}
                    {entries.length > 1 && <span class="faint"> · {entries.length} updates</span>}
                </span>
                <Between after={after} took={took} />
                <ChevronIcon open={open} />
            </button>
            {open &&
                (entries.length === 1 ? (
                    <Raw event={last.event} />
                ) : (
                    <ol class="steps" tabIndex={0} aria-label="Each update">
                        {entries.map(({ event, place }, i) => (
                            <li key={event.id}>
                                <time>{clockTime(place.ms)}</time>
                                <span class="strong">{percentOf(event)}</span>
                                <span>{textOf(fieldsOf(event.payload).step)}</span>
                                <span class="between">
                                    {entries[i + 1] && `+${duration(place.ms - entries[i + 1]!.place.ms)}`}
                                </span>
                            </li>
                        ))}
                    </ol>
                ))}
        </li>
    );
});

/** Less than that between two lines says nothing. */
const BETWEEN_MIN_MS = 1_000;

/** How long it took, else how long after the line below it came. */
function Between({ after, took }: Times) {
    if (took !== undefined) {
        return (
            <span class="between" title="From its beginning to its end" data-testid="took">
                took {duration(took)}
            </span>
        );
    }
    if (after === undefined || after < BETWEEN_MIN_MS) return <span class="between" />;
    return (
        <span class="between" title="Since the line below" data-testid="after">
            +{duration(after)}
        </span>
    );
}

function percentOf(event: AgentEvent): string {
    const percent = numberOf(fieldsOf(event.payload).percent);
    return percent === undefined ? '–' : `${Math.floor(percent)}%`;
}

interface Description {
    icon: ComponentChildren;
    text: ComponentChildren;
    tone?: 'warning' | 'error' | 'success';
}

function describe(event: AgentEvent, stopped: boolean): Description {
    const fields = fieldsOf(event.payload);
    switch (event.type) {
        case 'agent.status': {
            const status = textOf(fields.status) ?? '';
            const kind = kindOf(status);
            const detail = textOf(fields.detail);
            return {
                icon: <StatusIcon kind={kind} size={14} />,
                text: (
                    <>
                        <span class="strong">{statusLabel(kind, status)}</span>
                        {detail && (
                            <span>
                                {' '}
                                <InlineCode text={detail} />
                            </span>
                        )}
                    </>
                ),
                tone: kind === 'failed' || kind === 'lost' ? 'error' : kind === 'waiting' ? 'warning' : undefined,
            };
        }
        case 'agent.message': {
            const level = textOf(fields.level);
            const tone = level === 'warning' || level === 'error' ? level : undefined;
            return {
                icon: tone ? <WarningIcon /> : <MessageIcon />,
                text: (
                    <>
                        {tone && <span class="strong">{tone === 'error' ? 'Error: ' : 'Warning: '}</span>}
                        <span class="message">
                            <InlineCode text={textOf(fields.text) ?? preview(event.payload)} />
                        </span>
                    </>
                ),
                tone,
            };
        }
        case 'budget.cost':
            return { icon: <CostIcon />, text: costText(fields) };
        case 'task.started':
            return {
                icon: <PlayIcon />,
                text: (
                    <>
                        <span class="strong">Started</span> {textOf(fields.title) ?? event.task}{' '}
                        {textOf(fields.command) && <code>{textOf(fields.command)}</code>}
                    </>
                ),
            };
        case 'agent.lost':
        case 'task.lost':
            return {
                icon: <StatusIcon kind="lost" size={14} />,
                text: (
                    <>
                        <span class="strong">Lost</span> {event.type === 'task.lost' && event.task}
                        <span class="faint"> · {lossOf(event)}</span>
                    </>
                ),
                tone: 'error',
            };
        case 'task.finished': {
            const code = numberOf(fields.exit_code);
            const failed = code !== undefined && code !== 0;
            const outcome = !failed ? 'Finished' : stopped ? 'Ended' : 'Failed';
            return {
                icon: <StatusIcon kind={!failed ? 'done' : stopped ? 'stopped' : 'failed'} size={14} />,
                text: (
                    <>
                        <span class="strong">{outcome}</span> {event.task}
                        {code !== undefined && <span class="faint"> · exit code {code}</span>}
                    </>
                ),
                tone: !failed ? 'success' : stopped ? undefined : 'error',
            };
        }
        default:
            return {
                icon: <DotIcon />,
                text: (
                    <>
                        <code>{event.type}</code> <span class="faint">{preview(event.payload)}</span>
                    </>
                ),
            };
    }
}

function costText(fields: Record<string, unknown>): ComponentChildren {
    const task = numberOf(fields.usd);
    const total = numberOf(fields.usd_total);
    return (
        <>
            <span class="strong">{dollars(task ?? total ?? 0)}</span>{' '}
            {task === undefined ? 'in total' : 'for this task'}
            {task !== undefined && total !== undefined && <span class="faint"> · {dollars(total)} in total</span>}
        </>
    );
}

const PREVIEW_MAX = 160;

function preview(payload: unknown): string {
    if (typeof payload === 'string') return payload.slice(0, PREVIEW_MAX);
    return json(payload).slice(0, PREVIEW_MAX);
}
