import { useSignal } from '@preact/signals';
import { app } from '../model/app';
import { list, NO_QUERY } from '../model/listing';
import type { Live } from '../model/live';
import { COLUMNS_MAX, EMPTY_WALL, indexOf, PANES_MAX, toggled } from '../model/panes';
import { CopyButton } from './CopyButton';
import { CloseIcon, LinkIcon } from './Icon';

const SUGGESTIONS_MAX = 30;

/** What is pinned: more of it by name, how many beside each other, and a link that shows others the same. */
export function WallTools({ live }: { live: Live }) {
    const wall = app.wall.value;
    const count = wall.panes.length;
    return (
        <div class="wall-tools">
            <h1>Wall</h1>
            <span class="faint" role="status">
                {count} of {PANES_MAX}
            </span>
            {count < PANES_MAX && <Add live={live} />}
            {count < PANES_MAX && (
                <button type="button" class="button small" data-testid="wall-fill" onClick={() => fill(live)}>
                    Add agents at work
                </button>
            )}
            <span class="spacer" />
            {count > 1 && (
                <label class="choice wide-pane">
                    <span>Columns</span>
                    <select
                        value={wall.columns ?? ''}
                        data-testid="wall-columns"
                        onChange={(event) => {
                            const columns = Number(event.currentTarget.value) || undefined;
                            app.place.arrange({ ...app.wall.peek(), columns });
                        }}
                    >
                        <option value="">As it fits</option>
                        {Array.from({ length: COLUMNS_MAX }, (_, i) => (
                            <option key={i} value={i + 1}>
                                {i + 1}
                            </option>
                        ))}
                    </select>
                </label>
            )}
            {count > 0 && (
                <>
                    <CopyButton
                        text={() => app.place.linkTo({ view: 'wall' })}
                        what="a link to this wall"
                        icon
                        picture={<LinkIcon />}
                        class="icon-button"
                        testId="wall-copy-link"
                    />
                    <button
                        type="button"
                        class="icon-button"
                        aria-label="Take all off the wall"
                        title="Take all off the wall"
                        data-testid="wall-clear"
                        onClick={() => app.place.arrange(EMPTY_WALL)}
                    >
                        <CloseIcon />
                    </button>
                </>
            )}
        </div>
    );
}

/** Adds the agent that is named, or the first that is found. */
function Add({ live }: { live: Live }) {
    const text = useSignal('');
    void live.agents.shape.value;
    const found = text.value === '' ? [] : list(live.agents.all(), { ...NO_QUERY, text: text.value });
    return (
        <form
            class="wall-add"
            onSubmit={(event) => {
                event.preventDefault();
                const agent = live.agents.get(text.peek())?.name ?? found[0]?.name;
                if (agent === undefined) return;
                if (indexOf(app.wall.peek().panes, { agent }) < 0)
                    app.place.arrange(toggled(app.wall.peek(), { agent }));
                text.value = '';
            }}
        >
            <input
                type="text"
                list="wall-agents"
                placeholder="Add an agent"
                aria-label="Add an agent to the wall"
                autocomplete="off"
                spellcheck={false}
                value={text.value}
                data-testid="wall-add"
                onInput={(event) => (text.value = event.currentTarget.value)}
            />
            <datalist id="wall-agents">
                {found.slice(0, SUGGESTIONS_MAX).map(({ name }) => (
                    <option key={name} value={name} />
                ))}
            </datalist>
        </form>
    );
}

// Those that were heard of last.
function fill(live: Live): void {
    const working = list(live.agents.all(), { ...NO_QUERY, kinds: new Set(['working']), sort: 'activity' });
    let wall = app.wall.peek();
    for (const { name } of working) {
        if (wall.panes.length >= PANES_MAX) break;
        if (indexOf(wall.panes, { agent: name }) < 0) wall = toggled(wall, { agent: name });
    }
    app.place.arrange(wall);
}
