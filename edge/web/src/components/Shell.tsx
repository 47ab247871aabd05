import { useEffect } from 'preact/hooks';
import { app } from '../model/app';
import { badgeOf } from '../model/badge';
import type { Live } from '../model/live';
import { AgentList } from './AgentList';
import { Detail } from './Detail';
import { Header } from './Header';
import { Help } from './Help';
import { Notices } from './Notices';
import { SignInOffer } from './SignInOffer';
import { clearFilter } from './ListTools';
import { Wall } from './Wall';

/** The page of somebody who is signed in. Wide: list and details beside each other; narrow: one or the other. */
export function Shell({ live }: { live: Live }) {
    const open = live.open.value;
    useEffect(() => {
        document.addEventListener('keydown', onKey);
        return () => document.removeEventListener('keydown', onKey);
    }, []);
    useBadge(live);
    const isWall = app.route.value.view === 'wall';
    return (
        <div class={open ? 'shell with-detail' : 'shell'} data-stale={live.asOf.value !== undefined}>
            <Header live={live} />
            <Notices live={live} />
            <main class="panes">
                {isWall ? <Wall live={live} /> : <AgentList live={live} />}
                {open && <Detail key={open.name} live={live} open={open} />}
            </main>
            <Help />
            <SignInOffer />
        </div>
    );
}

// What the browser's tab says, which is seen when the page is not.
function useBadge(live: Live): void {
    const { title, icon } = badgeOf(app.route.value, live.missed.byAgent.value);
    useEffect(() => {
        document.title = title;
        document.querySelector<HTMLLinkElement>('link[rel=icon]')!.href = icon;
    }, [title, icon]);
    useEffect(
        () => () => {
            document.title = 'Realtime';
            document.querySelector<HTMLLinkElement>('link[rel=icon]')!.href = '/icon.svg';
        },
        [],
    );
}

function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || app.helpOpen.peek() || app.offer.peek() !== undefined) return;
    const target = event.target as HTMLElement;
    const search = document.getElementById('search') as HTMLInputElement | null;
    if (event.key === 'Escape') {
        if (target === search && app.query.peek().text !== '') clearFilter();
        else if (target === search) search.blur();
        else if (app.route.peek().view === 'wall') leaveWall();
        else if (app.route.peek().agent !== undefined) leaveDetail();
        return;
    }
    if (target.closest('input, textarea, select') && !target.classList.contains('xterm-helper-textarea')) return;
    if (event.key === '/') {
        event.preventDefault();
        search?.focus();
        search?.select();
    } else if (event.key === '?') {
        app.helpOpen.value = true;
    } else if (event.key === 'g') {
        app.go(app.route.peek().view === 'wall' ? {} : { view: 'wall' });
    }
}

// One that has all the room gives it back first.
function leaveWall(): void {
    const wall = app.wall.peek();
    if (wall.max !== undefined) app.place.arrange({ ...wall, max: undefined });
    else app.go({});
}

// Back to the row that one came from.
function leaveDetail(): void {
    const agent = app.route.peek().agent!;
    app.go({});
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-row="${CSS.escape(agent)}"]`)?.focus());
}
