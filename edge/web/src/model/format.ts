const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "now", "12 s", "4 min", "3 h", "2 d": how long ago, in as few characters as say it. */
export function ago(at: number, now: number): string {
  const age = Math.max(0, now - at);
  if (age < 2 * SECOND) return 'now';
  if (age < MINUTE) return `${Math.floor(age / SECOND)} s`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h`;
  return `${Math.floor(age / DAY)} d`;
}

/** "45 s", "3 min", "1 h 20 min": time left, coarser the farther, so that it doesn't flicker. */
export function timeLeft(ms: number): string {
  if (ms < 5 * SECOND) return 'a few seconds';
  if (ms < MINUTE) return `${Math.ceil(ms / (5 * SECOND)) * 5} s`;
  const minutes = Math.ceil(ms / MINUTE);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "~45 s left": a guess, and told as one. */
export function timeToGo(ms: number): string {
  return ms < 5 * SECOND ? '< 5 s left' : `~${timeLeft(ms)} left`;
}

/** Dollars: two digits from a dollar on, more below, so that a cent's part is no zero. */
export function dollars(usd: number): string {
  const digits = usd === 0 || Math.abs(usd) >= 1 ? 2 : Math.abs(usd) >= 0.01 ? 3 : 4;
  return `$${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: digits })}`;
}

const TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DATE_TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY_NAME = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });

const EXACT = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

/** "21 Nov 2026, 16:02:43.120": to the millisecond, in the reader's time. */
export function exactTime(at: number): string {
  return EXACT.format(at);
}

export function clockTime(at: number): string {
  return TIME.format(at);
}

export function dateTime(at: number): string {
  return DATE_TIME.format(at);
}

export function dayName(at: number): string {
  return DAY_NAME.format(at);
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KiB`;
  return `${(count / 1024 / 1024).toFixed(1)} MiB`;
}

/** A text cut at its backticks: what stands between two of them, on one line, is code. */
export function codeParts(text: string): { text: string; isCode: boolean }[] {
  return text
    .split(/(`[^`\n]+`)/)
    .filter((part) => part !== '')
    .map((part) => {
      const isCode = part.length > 2 && part.startsWith('`') && part.endsWith('`');
      return { text: isCode ? part.slice(1, -1) : part, isCode };
    });
}

/** "27 events are no longer kept"; "some events …" if nobody can know how many. */
export function gapText(missing: number | undefined, reason: string, unit = 'event'): string {
  const what =
    missing === undefined ? `Some ${unit}s` : `${missing.toLocaleString('en')} ${unit}${missing === 1 ? '' : 's'}`;
  const verb = missing === 1 ? 'is' : 'are';
  return reason === 'epoch'
    ? `${what} ${verb} lost: the server’s history began anew`
    : `${what} ${verb} no longer kept`;
}
