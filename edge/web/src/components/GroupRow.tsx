import { app } from '../model/app';
import type { Group } from '../model/grouping';
import type { GroupBy } from '../model/listing';
import type { StatusKind } from '../model/status';
import { ChevronIcon, StatusIcon } from './Icon';
import { statusLabel } from './words';

/** The head of a group: how many agents it has, in which statuses; pressed, they are folded away. */
export function GroupRow({ group, by }: { group: Group; by: GroupBy | undefined }) {
    const label =
        by !== 'status' ? group.label : group.key === 'other' ? 'Other' : statusLabel(group.key as StatusKind, '');
    return (
        <button
            type="button"
            class="group-row"
            aria-expanded={!group.isFolded}
            data-testid="group-row"
            data-group={group.key}
            onClick={() => fold(group.key)}
        >
            <ChevronIcon open={!group.isFolded} />
            <span class="group-name">{label}</span>
            <span class="faint">{group.size.toLocaleString('en')}</span>
            <span class="spacer" />
            {by !== 'status' &&
                group.counts.map(([kind, count]) => (
                    <span
                        key={kind}
                        class={`group-count status-${kind}`}
                        title={`${count} ${statusLabel(kind, 'other')}`}
                    >
                        <StatusIcon kind={kind} size={12} /> {count}
                        <span class="visually-hidden"> {statusLabel(kind, 'other')}</span>
                    </span>
                ))}
        </button>
    );
}

function fold(key: string): void {
    const folded = new Set(app.folded.peek());
    if (!folded.delete(key)) folded.add(key);
    app.folded.value = folded;
}
