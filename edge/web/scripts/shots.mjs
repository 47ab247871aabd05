// Pictures of the page in its states, to be looked at: `node scripts/shots.mjs FOLDER`.
// PAGE, VIEWER and PUBLISHER are set as README.md says.
import { mkdirSync } from 'node:fs';
import { launch, open } from './browser.mjs';
import { nameOf, send, status } from './publish.mjs';

const folder = process.argv[2] ?? 'shots';
const only = process.argv[3];
mkdirSync(folder, { recursive: true });
const browser = await launch();
const SIZES = [
    [390, 844],
    [768, 1024],
    [1400, 860],
];
const WALL = 'demo-builder,demo-coder,demo-surveyor,demo-historian,demo-releaser';
const demo = process.env.AGENT ?? 'demo-builder';

for (const scheme of ['dark', 'light']) {
    for (const [width, height] of SIZES) {
        const shot = async (name, options, act = async () => {}) => {
            const file = `${name}-${width}-${scheme}`;
            if (only && !file.includes(only)) return;
            const page = await open(browser, { width, height, scheme, ...options });
            await page.waitForTimeout(1_500);
            await act(page);
            await page.screenshot({ path: `${folder}/${file}.png` });
            await page.context().close();
        };
        await shot('sign-in', { signedIn: false }, async (page) => {
            await page.getByTestId('token').fill('not.a.token');
            await page.getByTestId('sign-in').click();
            await page.waitForTimeout(600);
        });
        await shot('list', {});
        await shot('detail', { path: `/#/agents/${demo}` }, (page) => page.waitForTimeout(1_500));
        await shot('groups', { path: '/#/?group=name&sort=attention' });
        await shot('wall', { path: `/#/wall?panes=${WALL}` }, (page) => page.waitForTimeout(2_500));
        await shot('wall-max', { path: `/#/wall?panes=${WALL}&max=2` }, (page) => page.waitForTimeout(1_500));
        await shot('events', { path: `/#/agents/${demo}` }, async (page) => {
            await page.getByTestId('panel-events').click();
            await page.getByTestId('timeline-event').nth(2).getByRole('button').first().click();
            await page.waitForTimeout(500);
        });
        await shot('gone', { path: `/#/agents/${demo}?event=3:1795230320701-12.k3x9qa` });
        await shot('no-match', {}, (page) => page.getByTestId('search').fill('nothing like this'));
        await shot('missed', {}, async (page) => {
            await page.waitForTimeout(2_500);
            await page.goto('about:blank');
            await send(
                [1, 3, 4].flatMap((i) => [
                    status(nameOf(i), 'working', `${nameOf(i)}-t9`),
                    {
                        channel: 'messages',
                        type: 'agent.message',
                        agent: nameOf(i),
                        payload: { text: 'While you were away' },
                    },
                    status(nameOf(i), i === 3 ? 'failed' : 'done', `${nameOf(i)}-t9`),
                ]),
            );
            await page.goto(process.env.PAGE + '/');
            await page.waitForTimeout(2_000);
            await page.screenshot({ path: `${folder}/missed-list-${width}-${scheme}.png` });
            await page.goto(`${process.env.PAGE}/#/agents/${nameOf(3)}`);
            await page.waitForTimeout(1_500);
        });
    }
}
await browser.close();
