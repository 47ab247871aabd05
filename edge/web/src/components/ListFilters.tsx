import { app } from '../model/app';
import { CHANNELS, GROUPS, type GroupBy, type ListChannel } from '../model/listing';
import type { Live } from '../model/live';
import { CopyButton } from './CopyButton';

/** How the list is grouped, and what it leaves out beside statuses and words. All of it stands in the address. */
export function ListFilters({ live }: { live: Live }) {
    void live.agents.shape.value;
    const { group, project, channel } = app.query.value;
    const projects = live.agents.projects();
    const isKnown = project === undefined || projects.includes(project);
    return (
        <div class="list-filters" id="list-filters">
            <Choice
                label="Group by"
                testId="group"
                value={group}
                none="Nothing"
                options={GROUPS.map(({ by, label }) => [by, label])}
                choose={(by) => app.place.choose({ group: by as GroupBy | undefined })}
            />
            <Choice
                label="Project"
                testId="project"
                value={project}
                none="All"
                options={(isKnown ? projects : [project, ...projects]).map((name) => [name, name])}
                choose={(name) => app.place.choose({ project: name })}
            />
            <Choice
                label="Heard on"
                testId="channel"
                value={channel}
                none="Any channel"
                options={CHANNELS.map((name) => [name, name])}
                choose={(name) => app.place.choose({ channel: name as ListChannel | undefined })}
            />
            <CopyButton
                text={() => app.place.linkToList()}
                what="a link to this list, as it is filtered and grouped"
                says="Copy link"
                class="button small"
                testId="copy-list-link"
            />
        </div>
    );
}

interface ChoiceProps {
    label: string;
    testId: string;
    value: string | undefined;
    none: string;
    options: readonly (readonly [string, string])[];
    choose: (value: string | undefined) => void;
}

function Choice({ label, testId, value, none, options, choose }: ChoiceProps) {
    return (
        <label class="choice">
            <span>{label}</span>
            <select
                value={value ?? ''}
                data-testid={testId}
                onChange={(event) => choose(event.currentTarget.value || undefined)}
            >
                <option value="">{none}</option>
                {options.map(([name, words]) => (
                    <option key={name} value={name}>
                        {words}
                    </option>
                ))}
            </select>
        </label>
    );
}
