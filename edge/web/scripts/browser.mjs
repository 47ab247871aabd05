// What the scripts beside this one share: Debian's Chromium, and a page that is signed in.
import { chromium } from 'playwright-core';

export const base = process.env.PAGE ?? 'http://127.0.0.1:4173';
export const token = process.env.VIEWER;

const FLAGS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
];

export function launch() {
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

export async function open(browser, { width = 1400, height = 860, scheme = 'dark', path = '/', signedIn = true } = {}) {
    const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: scheme,
        ignoreHTTPSErrors: true,
    });
    if (signedIn)
        await context.addInitScript(
            (value) => sessionStorage.getItem('realtime.token') ?? sessionStorage.setItem('realtime.token', value),
            token,
        );
    const page = await context.newPage();
    page.on(
        'console',
        (message) => ['error', 'warning'].includes(message.type()) && console.log(`  console: ${message.text()}`),
    );
    page.on('pageerror', (error) => console.log(`  page error: ${error.message}`));
    await page.goto(base + path);
    return page;
}
