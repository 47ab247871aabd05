// The driver in a page: `globalThis.conformance.do(command)` answers, `onReport` is called with what it saw.
import { Driver } from './driver.mjs';

const conformance = {
    onReport: undefined,
    do: (command) => driver.do(command),
};
const driver = new Driver((report) => conformance.onReport?.(report));
globalThis.conformance = conformance;
