import { render } from 'preact';
import { app } from './model/app';
import { startClock } from './model/clock';
import { setTheme, theme } from './model/theme';
import { Shell } from './components/Shell';
import { SignIn } from './components/SignIn';
import './styles/index.css';

// A moment, until other tabs have said whether somebody is signed in.
function Opening() {
    return (
        <main class="sign-in" aria-busy="true">
            <p class="faint">Opening Realtime…</p>
        </main>
    );
}

function Page() {
    const live = app.live.value;
    if (live) return <Shell live={live} />;
    if (app.asking.value) return <Opening />;
    return <SignIn />;
}

setTheme(theme.peek());
startClock();
void app.start();
render(<Page />, document.getElementById('app')!);
