const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const EVENT_ID = /^\d{1,4}:\d{1,15}-\d{1,15}\.[a-z0-9]{6}$/;
const TERMINAL_PLACE = /^(\d{1,16})(?:\.([a-z0-9]{6}))?$/;

/** The latest time that a date can hold, ms. */
const TIME_MAX = 8.64e15;

/** A byte of a terminal, in one life of it if that is known. */
export interface TerminalPlace {
  offset: number;
  epoch?: string;
}

// What stands in an address was written by anybody: what is no name, id or number by the protocol is not looked at.

/** A name of an agent, task or project (PROTOCOL.md section 2). */
export function nameIn(text: string | undefined | null): string | undefined {
  return text != null && NAME.test(text) ? text : undefined;
}

/** An event's id. */
export function eventIdIn(text: string | undefined | null): string | undefined {
  return text != null && EVENT_ID.test(text) ? text : undefined;
}

/** A time, ms since 1970. */
export function timeIn(text: string | undefined | null): number | undefined {
  if (text == null || !/^\d{1,16}$/.test(text)) return undefined;
  const ms = Number(text);
  return ms <= TIME_MAX ? ms : undefined;
}

/** `<offset>` or `<offset>.<epoch>`. */
export function terminalPlaceIn(text: string | undefined | null): TerminalPlace | undefined {
  const parts = text == null ? null : TERMINAL_PLACE.exec(text);
  const offset = Number(parts?.[1]);
  if (!parts || !Number.isSafeInteger(offset)) return undefined;
  return parts[2] === undefined ? { offset } : { offset, epoch: parts[2] };
}

export function terminalPlaceText({ offset, epoch }: TerminalPlace): string {
  return epoch === undefined ? String(offset) : `${offset}.${epoch}`;
}
