import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RealtimeClient } from '../src/client.js';
import { defaultEnvironment } from '../src/environment.js';
import { probeHandshake } from '../src/handshakeProbe.js';

let elsewhere: Server;
let edge: Server;
let asked: string[];
beforeEach(async () => {
  asked = [];
  elsewhere = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"code":"forbidden"}');
  });
  const target = await listen(elsewhere);
  edge = createServer((request, response) => {
    response.writeHead(307, { Location: `${target}${request.url}` }).end();
  });
});
afterEach(async () => {
  for (const server of [elsewhere, edge]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('payloads and questions are not sent on to another host', async () => {
  const client = new RealtimeClient({ url: await listen(edge), token: 't', publish: { attemptsMax: 1 } });
  const event = { channel: 'agents', type: 'agent.status', agent: 'a1', payload: 'secret' } as const;
  await expect(client.publish(event)).rejects.toMatchObject({ code: 'network' });
  await expect(client.history()).rejects.toMatchObject({ code: 'network' });
  expect(asked).toEqual([]);
  await client.close();
});

test('the door is asked itself, and nobody it points to', async () => {
  const url = new URL('ws/agents', await listen(edge));
  const answer = await probeHandshake(defaultEnvironment, url, 't', new AbortController().signal);
  expect(answer).toMatchObject({ code: 'network', detail: expect.stringContaining('redirect') });
  expect(asked).toEqual([]);
});
