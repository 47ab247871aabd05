// The driver on stdin and stdout, one JSON object per line. Ends when stdin ends.
import { createInterface } from 'node:readline';
import { Driver } from './driver.mjs';

const write = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const driver = new Driver(write);

for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') void driver.do(JSON.parse(line)).then(write);
}
await driver.end();
