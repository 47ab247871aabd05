import { describe, expect, test } from 'vitest';
import { Cursor, parseAll } from '../src/cursor.js';
import { EventId } from '../src/eventId.js';
import { TakenCursor } from '../src/takenCursor.js';

/** A small generator of numbers, the same for the same seed (mulberry32). */
function seeded(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const Partitions = 3;
const Epochs = ['aaaaaa', 'bbbbbb', 'cccccc'];
const idOf = (partition: number, offset: number, epoch: number) =>
  `${partition}:${1_000 * (epoch + 1) + offset}-${offset}.${Epochs[epoch]}`;

describe('a cursor', () => {
  test('drops what is not after it, in the same epoch', () => {
    const cursor = Cursor.of(['3:100-12.k3x9qa']);
    expect(cursor.take(EventId.parse('3:100-12.k3x9qa'))).toBe(false);
    expect(cursor.take(EventId.parse('3:90-11.k3x9qa'))).toBe(false);
    expect(cursor.take(EventId.parse('3:101-13.k3x9qa'))).toBe(true);
    expect(cursor.take(EventId.parse('3:50-1.zz81mm'))).toBe(true);
    expect(cursor.take(EventId.parse('4:1-1.k3x9qa'))).toBe(true);
    expect(cursor.toList()).toEqual(['3:50-1.zz81mm', '4:1-1.k3x9qa']);
  });

  test('compares all digits of 63 bits', () => {
    const cursor = Cursor.of(['0:1-9223372036854775806.k3x9qa']);
    expect(cursor.take(EventId.parse('0:1-9223372036854775805.k3x9qa'))).toBe(false);
    expect(cursor.take(EventId.parse('0:1-9223372036854775807.k3x9qa'))).toBe(true);
  });

  test('adopts, but never goes back within an epoch', () => {
    const cursor = Cursor.of(['1:5-5.aaaaaa', '2:5-5.aaaaaa']);
    cursor.adopt(parseAll(['1:3-3.aaaaaa', '2:1-1.bbbbbb', '3:0-0.aaaaaa']));
    expect(cursor.toList()).toEqual(['1:5-5.aaaaaa', '2:1-1.bbbbbb', '3:0-0.aaaaaa']);
    cursor.replace(parseAll(['1:9-9.aaaaaa']));
    expect(cursor.toList()).toEqual(['1:9-9.aaaaaa']);
  });

  // A server with streams that live, lose their history and begin anew; a client that is cut off at random, resumes with its
  // cursor, and gets things twice. Each event of the streams' last lives must come once and in order, or be in a gap.
  test.each(Array.from({ length: 200 }, (_, seed) => seed))('sees each event once, whatever happens (%i)', (seed) => {
    const random = seeded(seed);
    const epochs = Array.from({ length: Partitions }, () => 0);
    const ends = Array.from({ length: Partitions }, () => random(5));
    const begins = [...ends];
    const sent = [...ends];
    const seen: string[] = [];
    const told: string[] = [];
    const cursor = Cursor.of([]);
    const positions = (list: number[]) =>
      parseAll(list.map((offset, partition) => idOf(partition, offset, epochs[partition]!)));
    const deliver = (partition: number, offset: number) => {
      const id = EventId.parse(idOf(partition, offset, epochs[partition]!));
      if (cursor.take(id)) seen.push(String(id));
    };
    cursor.replace(positions(ends));
    for (let step = 0; step < 300; step++) {
      const partition = random(Partitions);
      switch (random(6)) {
        case 0: // An event is published.
          ends[partition]!++;
          told.push(idOf(partition, ends[partition]!, epochs[partition]!));
          break;
        case 1: // The next one is delivered, perhaps with some that were delivered before.
          if (sent[partition]! < ends[partition]!) {
            const from = Math.max(begins[partition]! + 1, sent[partition]! + 1 - random(3));
            sent[partition]!++;
            for (let offset = from; offset <= sent[partition]!; offset++) deliver(partition, offset);
          }
          break;
        case 2: // A heartbeat; it may be older than the last event.
          cursor.adopt(positions(sent.map((offset, i) => Math.max(begins[i]!, offset - random(2)))));
          break;
        case 3: // The connection breaks; it resumes where the cursor stands, or a little before.
          for (const id of cursor.list()) {
            expect(id.epoch).toBe(Epochs[epochs[id.partition]!]);
            sent[id.partition] = Math.max(begins[id.partition]!, Number(id.offset) - random(3));
          }
          cursor.replace(positions(sent));
          break;
        case 4: // The history of a stream is lost: a gap, and a new life.
          if (random(10) === 0 && epochs[partition]! < Epochs.length - 1) {
            const epoch = epochs[partition]!++;
            // What was not delivered of the old life is gone, and told to be.
            for (let offset = sent[partition]! + 1; offset <= ends[partition]!; offset++) {
              const lost = idOf(partition, offset, epoch);
              if (!seen.includes(lost)) told.splice(told.indexOf(lost), 1);
            }
            ends[partition] = sent[partition] = begins[partition] = 0;
            cursor.adopt(parseAll([idOf(partition, 0, epochs[partition]!)]));
          }
          break;
      }
    }
    for (let partition = 0; partition < Partitions; partition++)
      for (let offset = sent[partition]! + 1; offset <= ends[partition]!; offset++) deliver(partition, offset);
    for (let partition = 0; partition < Partitions; partition++) {
      const ofPartition = (id: string) => id.startsWith(`${partition}:`);
      expect(seen.filter(ofPartition)).toEqual(told.filter(ofPartition));
    }
  });
});

describe('what was taken', () => {
  const step = (...ids: string[]) => ({ positions: parseAll(ids) });

  test('stays while values come: a process that ends in the middle must get them again', () => {
    const taken = new TakenCursor(['1:1-1.aaaaaa']);
    taken.apply({ ...step('1:8-8.aaaaaa', '2:4-4.aaaaaa'), hold: true });
    taken.apply(step('2:5-5.aaaaaa'));
    expect(taken.toList()).toEqual(['1:1-1.aaaaaa']);
    taken.apply({ ...step('1:8-8.aaaaaa'), release: true });
    expect(taken.toList()).toEqual(['1:8-8.aaaaaa', '2:5-5.aaaaaa']);
  });

  test('merges steps to what both do', () => {
    const merged = TakenCursor.merge(
      { ...step('1:1-1.aaaaaa', '2:7-7.aaaaaa'), hold: true },
      step('1:3-3.aaaaaa', '2:6-6.aaaaaa'),
    );
    expect(merged.positions.map(String)).toEqual(['1:3-3.aaaaaa', '2:7-7.aaaaaa']);
    expect(merged.hold).toBe(true);
  });
});

describe('an event id', () => {
  test('has its parts', () => {
    const id = EventId.parse('3:1795230320701-12.k3x9qa');
    expect(id).toMatchObject({ partition: 3, ms: 1_795_230_320_701, offset: 12n, epoch: 'k3x9qa' });
    expect(JSON.stringify({ id, text: `${id}` })).toBe(
      '{"id":"3:1795230320701-12.k3x9qa","text":"3:1795230320701-12.k3x9qa"}',
    );
  });

  test.each([
    '',
    '3',
    '3:1-2',
    '3:1-2.abc',
    '3:1-2.ABCDEF',
    '03:1-2.abcdef',
    '3:01-2.abcdef',
    '1024:1-2.abcdef',
    '-1:1-2.abcdef',
    '3:1-2.abcdef ',
  ])('%j is none', (text) => expect(() => EventId.parse(text)).toThrow('is no event id'));
});
