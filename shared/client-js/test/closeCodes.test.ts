import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CloseCodes } from '../src/closeCodes.js';

const protocol = readFileSync(new URL('../../Protocol/PROTOCOL.md', import.meta.url), 'utf8');
const section = protocol.slice(protocol.indexOf('## 12. Close codes'), protocol.indexOf('## 13.'));
const rows = [...section.matchAll(/^\| (\d{4}) \| (\S+) \| (yes|no) \|/gm)].map((row) => ({
  code: Number(row[1]),
  name: row[2]!,
  reconnect: row[3] === 'yes',
}));

test('the table is that of the protocol', () => {
  expect(rows.length).toBeGreaterThan(10);
  for (const { code, name, reconnect } of rows) {
    expect([code, CloseCodes.shouldReconnect(code)]).toEqual([code, reconnect]);
    if (name !== '-') expect([name, (CloseCodes as Record<string, unknown>)[name]]).toEqual([name, code]);
  }
  const known = Object.values(CloseCodes).filter((value) => typeof value === 'number');
  expect(known.sort()).toEqual(rows.map(({ code }) => code).sort());
});
