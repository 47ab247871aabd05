// How smooth the list is with many agents: `node scripts/measure.mjs [AGENTS RATE SECONDS]`.
// PAGE, VIEWER and PUBLISHER are set as README.md says.
// Counts what Chromium calls long tasks (over 50 ms) and the time that the page's main thread works.
import { launch, open } from './browser.mjs';
import { run, seed } from './publish.mjs';

const [agents = 500, rate = 200, seconds = 20] = process.argv.slice(2).map(Number);
await seed(agents);
const browser = await launch();
const page = await open(browser);
await page.waitForFunction((count) => document.querySelector('.total')?.textContent?.startsWith(String(count)), agents);
await page.waitForTimeout(2_000);
const devtools = await page.context().newCDPSession(page);
// The thread's own time, so that a busy machine does not count as a busy page.
await devtools.send('Performance.setTimeDomain', { timeDomain: 'threadTicks' }).catch(() => {});
await devtools.send('Performance.enable');
const metrics = async () =>
    Object.fromEntries((await devtools.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
await page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) =>
        window.longTasks.push(...list.getEntries().map((entry) => Math.round(entry.duration))),
    ).observe({ type: 'longtask' });
    window.frames = [];
    let last = performance.now();
    const frame = (now) => (window.frames.push(now - last), (last = now), requestAnimationFrame(frame));
    requestAnimationFrame(frame);
});
const before = await metrics();
const began = Date.now();
const scroll = setInterval(() => void page.mouse.wheel(0, 240).catch(() => {}), 250);
await page.mouse.move(700, 500);
const sent = rate > 0 ? await run(agents, rate, seconds) : (await page.waitForTimeout(seconds * 1_000), 0);
clearInterval(scroll);
const took = (Date.now() - began) / 1000;
const after = await metrics();
const { longTasks, frames } = await page.evaluate(() => ({
    longTasks: window.longTasks,
    frames: window.frames.sort((a, b) => a - b),
}));
const at = (share) => frames[Math.floor(frames.length * share)].toFixed(1);
const busy = (name) => `${(((after[name] - before[name]) / took) * 100).toFixed(1)} %`;
console.log(
    JSON.stringify(
        {
            agents,
            sent,
            perSecond: Math.round(sent / seconds),
            longTasks,
            frames: frames.length,
            frameMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
            busy: {
                all: busy('TaskDuration'),
                script: busy('ScriptDuration'),
                style: busy('RecalcStyleDuration'),
                layout: busy('LayoutDuration'),
            },
            heapMiB: (after.JSHeapUsedSize / 2 ** 20).toFixed(1),
            rowsInDocument: await page.locator('[data-row]').count(),
        },
        null,
        1,
    ),
);
await browser.close();
