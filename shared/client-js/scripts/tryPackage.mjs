// Packs the package, installs it in an empty folder, and uses it there: it imports, connects, and lets the process end by
// itself after close(). Needs the build.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { WebSocketServer } from 'ws';

const EndTimeout = 5_000;
const folder = mkdtempSync(join(tmpdir(), 'realtime-client-'));
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'realtime.v1.json' });
try {
    const [packed] = JSON.parse(
        execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { encoding: 'utf8' }),
    );
    const stray = packed.files
        .map((file) => file.path)
        .filter((path) => !/^(dist\/|README\.md$|package\.json$)/.test(path));
    if (stray.length > 0) throw new Error(`the package holds ${stray}`);
    writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename)], {
        cwd: folder,
    });
    // Node 20 has no WebSocket: the application brings `ws`.
    symlinkSync(resolve('node_modules/ws'), join(folder, 'node_modules/ws'));
    await welcome();
    writeFileSync(join(folder, 'use.js'), program(server.address().port));
    await run(['use.js']);
    console.log(
        `${packed.filename}: ${packed.files.length} files, ${packed.size} bytes; installs, imports, connects, and ends`,
    );
} finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
}

async function welcome() {
    const limits = { message_bytes: 65_536, subscriptions: 64, terminal_window_bytes: 262_144 };
    const message = { op: 'welcome', session: 's', features: [], heartbeat_ms: 20_000, limits, time: Date.now() };
    server.on('connection', (socket) => socket.send(JSON.stringify(message)));
    if (server.address() === null) await new Promise((listening) => server.once('listening', listening));
}

function program(port) {
    return `
    import { CloseCodes, EventId, RealtimeClient } from '@realtime/client';
    const client = new RealtimeClient({ url: 'http://127.0.0.1:${port}', token: 'to.ken' });
    const subscription = client.subscribe();
    await client.connect();
    // Nobody answers it, and nothing but the connection keeps the process: after close() it must end.
    subscription.pause();
    await client.close();
    if (client.state.status !== 'closed' || EventId.parse('3:1-2.k3x9qa').partition !== 3) process.exit(3);
    if (!CloseCodes.shouldReconnect(1012)) process.exit(4);
    console.log('done');
  `;
}

function run(args) {
    return new Promise((done, failed) => {
        const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
        let said = '';
        child.stdout.on('data', (data) => (said += data));
        const timer = setTimeout(() => {
            child.kill('SIGKILL');
            failed(new Error(`the process did not end by itself; it said: ${said}`));
        }, EndTimeout);
        child.on('exit', (code) => {
            clearTimeout(timer);
            if (code === 0 && said.includes('done')) done();
            else failed(new Error(`it ended with ${code}; it said: ${said}`));
        });
    });
}
