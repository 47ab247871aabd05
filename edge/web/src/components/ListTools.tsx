import { useSignal } from '@preact/signals';
import { app } from '../model/app';
import { isFilter, SORTS, TEXT_MAX, type SortBy } from '../model/listing';
import type { Live } from '../model/live';
import { KNOWN_STATUSES, type StatusKind } from '../model/status';
import { CloseIcon, FilterIcon, SearchIcon, StatusIcon } from './Icon';
import { ListFilters } from './ListFilters';
import { statusLabel } from './words';

const KINDS: readonly StatusKind[] = ['working', ...KNOWN_STATUSES.filter((kind) => kind !== 'working'), 'other'];

/** Search, order, and how many agents have each status: pressed, such a count is a filter. */
export function ListTools({ live, shown }: { live: Live; shown: number }) {
    void live.agents.shape.value;
    const counts = live.agents.counts();
    const query = app.query.value;
    const total = live.agents.size;
    const more = useSignal(query.group !== undefined || query.project !== undefined || query.channel !== undefined);
    return (
        <div class="tools">
            <div class="tools-line">
                <label class="search">
                    <SearchIcon />
                    <input
                        id="search"
                        type="search"
                        placeholder="Search agents"
                        aria-label="Search agents, tasks and steps"
                        aria-keyshortcuts="/"
                        autocomplete="off"
                        spellcheck={false}
                        value={query.text}
                        data-testid="search"
                        maxLength={TEXT_MAX}
                        onInput={(event) => app.place.choose({ text: event.currentTarget.value })}
                    />
                    <kbd aria-hidden="true">/</kbd>
                </label>
                <label class="sort">
                    <span>Sort:</span>
                    <select
                        value={query.sort}
                        data-testid="sort"
                        onChange={(event) => app.place.choose({ sort: event.currentTarget.value as SortBy })}
                    >
                        {SORTS.map(({ by, label }) => (
                            <option key={by} value={by}>
                                {label}
                            </option>
                        ))}
                    </select>
                </label>
                <button
                    type="button"
                    class="button more-filters"
                    aria-expanded={more.value}
                    aria-controls="list-filters"
                    aria-label="Group and filter"
                    title="Group and filter"
                    data-testid="more-filters"
                    onClick={() => (more.value = !more.peek())}
                >
                    <FilterIcon />
                    <span>Group and filter</span>
                </button>
            </div>
            {more.value && <ListFilters live={live} />}
            {total > 0 && (
                <div class="filters" role="group" aria-label="Filter by status">
                    {KINDS.filter((kind) => (counts.get(kind) ?? 0) > 0 || query.kinds.has(kind)).map((kind) => (
                        <button
                            key={kind}
                            type="button"
                            class="chip"
                            aria-pressed={query.kinds.has(kind)}
                            data-testid={`filter-${kind}`}
                            onClick={() => toggle(kind)}
                        >
                            <StatusIcon kind={kind} size={14} />
                            <span class="count">{number(counts.get(kind) ?? 0)}</span>
                            <span>{kind === 'other' ? 'Other' : statusLabel(kind, '')}</span>
                        </button>
                    ))}
                    {isFilter(query) && (
                        <button type="button" class="chip quiet" data-testid="filter-clear" onClick={clearFilter}>
                            <CloseIcon /> Clear
                        </button>
                    )}
                    <span class="total" role="status">
                        {shown === total
                            ? `${number(total)} agent${total === 1 ? '' : 's'}`
                            : `${number(shown)} of ${number(total)}`}
                    </span>
                </div>
            )}
        </div>
    );
}

export function clearFilter(): void {
    app.place.choose({ text: '', kinds: new Set(), project: undefined, channel: undefined });
}

function number(count: number): string {
    return count.toLocaleString('en');
}

function toggle(kind: StatusKind): void {
    const kinds = new Set(app.query.peek().kinds);
    if (!kinds.delete(kind)) kinds.add(kind);
    app.place.choose({ kinds });
}

const COLUMNS: readonly { name: string; label: string; by?: SortBy }[] = [
    { name: 'status', label: 'Status', by: 'attention' },
    { name: 'name', label: 'Agent', by: 'name' },
    { name: 'what', label: 'Step and task' },
    { name: 'progress', label: 'Progress', by: 'progress' },
    { name: 'eta', label: 'Time left' },
    { name: 'cost', label: 'Cost', by: 'cost' },
    { name: 'ago', label: 'Active', by: 'activity' },
];

/** The heads of the table; those that order it are buttons. */
export function ListColumns() {
    const { sort } = app.query.value;
    return (
        <div class="columns">
            {COLUMNS.map(({ name, label, by }) => (
                <span key={name} class={`row-${name}`}>
                    {by === undefined ? (
                        label
                    ) : (
                        <button
                            type="button"
                            aria-pressed={sort === by}
                            class={by === 'name' ? 'rising' : undefined}
                            aria-label={`Order by ${label.toLowerCase()}`}
                            onClick={() => app.place.choose({ sort: by })}
                        >
                            {label}
                        </button>
                    )}
                </span>
            ))}
        </div>
    );
}
