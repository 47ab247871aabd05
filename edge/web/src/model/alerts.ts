import { signal } from '@preact/signals';
import type { AgentEvent } from '@realtime/client';
import { outcomeOf } from './events';

/** What ends at about the same time is told in one. */
export const GATHER_MS = 2_000;
/** There is no next notification for so long. */
export const REST_MS = 20_000;

const TASKS_MAX = 1_000;
const NAMED_MAX = 3;
const KEY = 'realtime.notify';

/** The browser's notifications, as far as they are needed. */
export interface NotificationPort {
  /** `unsupported`: this browser has none, or not here. */
  permission(): NotificationPermission | 'unsupported';
  ask(): Promise<NotificationPermission>;
  /** In the place of the one before; `clicked`: somebody wants to see it. */
  show(title: string, body: string, clicked: () => void): { close(): void };
}

export type AlertState = 'on' | 'off' | 'denied' | 'unsupported';

interface Ended {
  agent: string;
  how: 'failed' | 'finished';
}

/**
 * Tells of tasks that fail or finish while the page is hidden, if somebody asked for that: gathered, at most one
 * notification every 20 s, and always one that says all since the page was hidden.
 */
export class Alerts {
  readonly state = signal<AlertState>('off');
  private readonly ended = new Map<string, Ended>();
  private readonly stopped = new Set<string>();
  private isHidden = false;
  private told = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private shown: { close(): void } | undefined;

  constructor(
    private readonly port: NotificationPort,
    private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
    private readonly open: (agent: string | undefined) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.state.value = this.read();
  }

  /** On or off; the browser is asked the first time. */
  async toggle(): Promise<void> {
    if (this.state.peek() === 'on') {
      this.storage.removeItem(KEY);
    } else if (this.port.permission() !== 'unsupported') {
      if (this.port.permission() === 'default') await this.port.ask();
      if (this.port.permission() === 'granted') this.storage.setItem(KEY, 'on');
    }
    this.state.value = this.read();
  }

  hide(): void {
    this.isHidden = true;
  }

  /** Somebody looks: what was told, and what was to be, is seen on the page. */
  show(): void {
    this.isHidden = false;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.shown?.close();
    this.shown = undefined;
    this.ended.clear();
    this.stopped.clear();
  }

  /** Takes an event as it comes. */
  take(event: AgentEvent): void {
    if (!this.isHidden || this.state.peek() !== 'on' || event.agent === undefined) return;
    const outcome = outcomeOf(event);
    if (outcome === undefined || this.ended.size + this.stopped.size >= TASKS_MAX) return;
    const task = `${event.agent}/${event.task ?? ''}`;
    if (outcome === 'stopped') {
      // By somebody: how its program ended is no failure.
      this.stopped.add(task);
      this.ended.delete(task);
      return;
    }
    if (this.stopped.has(task) || this.ended.get(task)?.how === outcome) return;
    this.ended.set(task, { agent: event.agent, how: outcome });
    this.timer ??= setTimeout(() => this.tell(), Math.max(GATHER_MS, this.told + REST_MS - this.now()));
  }

  private tell(): void {
    this.timer = undefined;
    if (this.ended.size === 0 || this.state.peek() !== 'on') return;
    this.told = this.now();
    const { title, body } = wordsFor([...this.ended.values()]);
    const agents = new Set([...this.ended.values()].map(({ agent }) => agent));
    this.shown = this.port.show(title, body, () => this.open(agents.size === 1 ? [...agents][0] : undefined));
  }

  private read(): AlertState {
    const permission = this.port.permission();
    if (permission === 'unsupported' || permission === 'denied') return permission;
    return permission === 'granted' && this.storage.getItem(KEY) === 'on' ? 'on' : 'off';
  }
}

/** "2 tasks failed, 1 finished", and of whom. */
export function wordsFor(ended: readonly Ended[]): { title: string; body: string } {
  const failed = ended.filter(({ how }) => how === 'failed');
  const finished = ended.filter(({ how }) => how === 'finished');
  const first = failed.length || finished.length;
  const parts = [
    failed.length > 0 && `${failed.length} task${failed.length === 1 ? '' : 's'} failed`,
    finished.length > 0 && `${finished.length}${failed.length > 0 ? '' : ` task${first === 1 ? '' : 's'}`} finished`,
  ];
  const names = [...new Set([...failed, ...finished].map(({ agent }) => agent))];
  const more = names.length - NAMED_MAX;
  const body = names.slice(0, NAMED_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return { title: parts.filter(Boolean).join(', '), body };
}

/** The browser's own. */
export const browserNotifications: NotificationPort = {
  permission: () => (typeof Notification === 'undefined' ? 'unsupported' : Notification.permission),
  ask: () => Notification.requestPermission(),
  show(title, body, clicked) {
    // Mobile browsers have the permission but not the constructor.
    try {
      const shown = new Notification(title, { body, tag: 'realtime', icon: '/icon.svg' });
      shown.onclick = () => {
        window.focus();
        clicked();
        shown.close();
      };
      return shown;
    } catch {
      return { close() {} };
    }
  },
};
