import { useComputed } from '@preact/signals';
import type { AlertState } from '../model/alerts';
import { app } from '../model/app';
import { clock } from '../model/clock';
import { connectionView } from '../model/connection';
import { dateTime, timeLeft } from '../model/format';
import type { Live } from '../model/live';
import { setTheme, theme, type Theme } from '../model/theme';
import { AutoIcon, BellIcon, HelpIcon, Mark, MoonIcon, SignOutIcon, SunIcon, WallIcon } from './Icon';

const EXPIRY_WARNING_MS = 5 * 60_000;

export function Header({ live }: { live: Live }) {
    const { tenant, subject } = app.claims.value;
    return (
        <header class="header">
            <a class="brand" href={app.place.hrefOf({})} aria-label="Realtime, all agents">
                <Mark />
                <span>Realtime</span>
            </a>
            {tenant && (
                <span class="who" title={`Signed in to ${tenant}${subject ? ` as ${subject}` : ''}`}>
                    <b>{tenant}</b>
                    {subject && <span class="subject">{subject}</span>}
                </span>
            )}
            <span class="spacer" />
            <Expiry live={live} />
            <Connection live={live} />
            <WallLink />
            <Bell />
            <ThemeSwitch />
            <button
                type="button"
                class="icon-button not-phone"
                aria-label="Keyboard shortcuts"
                title="Keyboard shortcuts (?)"
                onClick={() => (app.helpOpen.value = true)}
            >
                <HelpIcon />
            </button>
            <button
                type="button"
                class="icon-button"
                aria-label="Sign out"
                title="Sign out"
                data-testid="sign-out"
                onClick={() => app.signOut()}
            >
                <SignOutIcon />
            </button>
        </header>
    );
}

/** The state of the connection, as it is; read aloud when it becomes another one, not at each second. */
function Connection({ live }: { live: Live }) {
    const view = useComputed(() => {
        void clock.value; // counts down
        return connectionView(live.link.value, live.lag.value, Date.now(), app.online.value, live.logAway.value.value);
    });
    const { name, label, detail } = view.value;
    const said = useComputed(() =>
        view.value.name === 'live' ? 'Connection: live' : `Connection: ${view.value.name}. ${view.value.detail ?? ''}`,
    );
    const waiting = live.link.value.status === 'waiting' || live.link.value.status === 'closed';
    return (
        <>
            <span class={`connection is-${name}`} data-testid="connection-state" data-state={name} title={detail}>
                <span class="connection-dot" aria-hidden="true" />
                <span class="connection-label">{label}</span>
                {detail && waiting && <span class="connection-detail">{detail}</span>}
            </span>
            <span class="visually-hidden" role="status" aria-live="polite">
                {said}
            </span>
        </>
    );
}

function Expiry({ live }: { live: Live }) {
    const expiresAt = app.claims.value.expiresAt;
    if (expiresAt === undefined || live.link.value.status === 'closed') return null;
    const left = expiresAt - clock.value;
    if (left <= 0 || left > EXPIRY_WARNING_MS) return null;
    return (
        <span class="expiry" title={dateTime(expiresAt)}>
            Sign-in ends in {timeLeft(left)}
        </span>
    );
}

function WallLink() {
    const { panes } = app.wall.value;
    const isOpen = app.route.value.view === 'wall';
    const label = panes.length === 0 ? 'Wall of terminals' : `Wall of ${panes.length} terminals`;
    return (
        <a
            class="icon-button wall-link"
            href={app.place.hrefOf(isOpen ? {} : { view: 'wall' })}
            aria-label={isOpen ? 'Back to the list' : label}
            title={isOpen ? 'Back to the list (g)' : `${label} (g)`}
            aria-current={isOpen ? 'page' : undefined}
            data-testid="wall-link"
        >
            <WallIcon />
            {panes.length > 0 && <span class="wall-count">{panes.length}</span>}
        </a>
    );
}

const BELL: Record<AlertState, string> = {
    on: 'Notifications are on: failures and completions while this page is hidden. Turn off',
    off: 'Notify me of failures and completions while this page is hidden',
    denied: 'This browser does not allow this page to notify you',
    unsupported: 'This browser has no notifications here',
};

function Bell() {
    const state = app.alerts.state.value;
    return (
        <button
            type="button"
            class="icon-button not-phone"
            aria-pressed={state === 'on'}
            aria-label={BELL[state]}
            title={BELL[state]}
            disabled={state === 'unsupported' || state === 'denied'}
            data-testid="notify"
            data-state={state}
            onClick={() => void app.alerts.toggle()}
        >
            <BellIcon on={state === 'on'} />
        </button>
    );
}

const NEXT: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
const NAMES: Record<Theme, string> = { auto: 'as the system', light: 'light', dark: 'dark' };

function ThemeSwitch() {
    const now = theme.value;
    return (
        <button
            type="button"
            class="icon-button"
            data-testid="theme"
            data-theme-now={now}
            title={`Colours: ${NAMES[now]}`}
            aria-label={`Colours: ${NAMES[now]}. Change to ${NAMES[NEXT[now]]}`}
            onClick={() => setTheme(NEXT[now])}
        >
            {now === 'auto' ? <AutoIcon /> : now === 'light' ? <SunIcon /> : <MoonIcon />}
        </button>
    );
}
