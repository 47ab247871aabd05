import { expect, test } from 'vitest';
import { RealtimeError } from '../src/errors.js';
import { EventId } from '../src/eventId.js';
import { jsonCodec } from '../src/jsonCodec.js';
import { msgpackCodec } from '../src/msgpackCodec.js';
import { writeMessagePack } from '../src/msgpackWriter.js';
import { damage, random } from './support/random.js';

// Bytes of a server, damaged at random: they are read, or against the protocol, and nothing else comes of them.

const TimeMs = 500;
const id = '3:1795230320701-12.k3x9qa';
const messages = [
  { op: 'event', id, channel: 'agents', type: 'agent.status', agent: 'a1', ts: 1, sent: 2, payload: { x: [1, 'é'] } },
  { op: 'subscribed', id: 's1', recovered: true, cursor: [id] },
  { op: 'gap', id: 's1', partition: 3, after: id, resumes_at: id, missing: 27, reason: 'retention' },
];

/** Rounds for a limited time, from a new seed each run; REALTIME_TEST_SEED begins with a given one. */
function fuzz(round: (bytes: Uint8Array) => unknown, valid: Uint8Array): void {
  const seed = Number(process.env['REALTIME_TEST_SEED'] ?? Date.now() % 2 ** 31);
  const until = Date.now() + Number(process.env['REALTIME_FUZZ_TIME'] ?? TimeMs / 1000) * 1000;
  const next = random(seed);
  let rounds = 0;
  do {
    const bytes = damage(valid, next);
    try {
      round(bytes);
    } catch (error) {
      const told = `REALTIME_TEST_SEED=${seed}, round ${rounds}: ${String(error)} for ${Buffer.from(bytes).toString('hex')}`;
      expect(error, told).toBeInstanceOf(RealtimeError);
      expect((error as RealtimeError).code, told).toBe('protocol');
    }
    rounds++;
  } while (Date.now() < until);
}

test('damaged JSON is read or against the protocol', () => {
  const bytes = new TextEncoder().encode(JSON.stringify(messages));
  fuzz((damaged) => jsonCodec.decode(new TextDecoder().decode(damaged)), bytes);
});

test('damaged MessagePack is read or against the protocol', () => {
  const parts = messages.map((message) => writeMessagePack(message as never) as Uint8Array);
  const bytes = Uint8Array.from([0x90 + parts.length, ...parts.flatMap((part) => [...part])]);
  fuzz((damaged) => msgpackCodec.decode(damaged.slice().buffer), bytes);
});

test('damaged ids are what they say or none', () => {
  fuzz((damaged) => {
    const text = new TextDecoder().decode(damaged);
    const read = EventId.parse(text);
    expect(text).toMatch(new RegExp(`^${read.partition}:\\d+-${read.offset}\\.${read.epoch}$`));
  }, new TextEncoder().encode(id));
});
