import { render } from 'preact';
import { app } from './model/app';
import { startClock } from './model/clock';
import { setTheme, theme } from './model/theme';
import { Shell } from './components/Shell';
import { SignIn } from './components/SignIn';
import './styles/index.css';

function Page() {
    const live = app.live.value;
    if (live) return <Shell live={live} />;
    return app.asking.value ? null : <SignIn />;
}

setTheme(theme.peek());
startClock();
void app.start();
render(<Page />, document.getElementById('app')!);
