import { signal, type Signal } from '@preact/signals';
import { RealtimeClient, type AgentEvent, type Gap, type Subscription } from '@realtime/client';
import { Absence } from './absence';
import type { Alerts } from './alerts';
import { AgentStore } from './agentStore';
import { catchUp, isRefused } from './catchUp';
import { now, setClock } from './clock';
import type { Link } from './connection';
import { closedLink, linkOf } from './link';
import { LogAway } from './logAway';
import { Missed } from './missed';
import { Notices } from './notices';
import { OpenAgent, type Wanted } from './openAgent';
import { Outages } from './outages';
import { Seen, type SeenRecord } from './seen';
import { learnStrangers } from './strangers';
import { claimsOf } from './token';

/** People look on: rather a few attempts more than half a minute of waiting. */
const DELAY_MAX_MS = 10_000;

const FORGET_EVERY_MS = 60_000;

/** So many of the tasks begun last have their titles in the list at once. */
const TITLES_MAX = 500;

/** Everything that is live: one client, one subscription for the whole page, and what they fill. */
export class Live {
  readonly agents = new AgentStore(now);
  readonly missed = new Missed();
  readonly notices = new Notices();
  /** When this page was cut off. */
  readonly outages = new Outages();
  readonly link: Signal<Link> = signal({ status: 'connecting', attempt: 1 });
  /** How old the newest event was when it arrived, and when that was (this device's clock). */
  readonly lag = signal({ ms: 0, at: 0 });
  readonly logAway = new LogAway(() => this.client.peek().latest({ last: 1 }));
  /** All latest values are here: before, an empty list means nothing. */
  readonly complete = signal(false);
  /** Up to when what is shown is true; undefined while it is so now. */
  readonly asOf = signal<number | undefined>(undefined);
  readonly open = signal<OpenAgent | undefined>(undefined);
  readonly client: Signal<RealtimeClient>;
  private subscription: Subscription;
  private expiresAt = Infinity;
  private readonly earlier: SeenRecord | undefined;
  private caughtUp: 'no' | 'now' | 'yes' = 'no';
  private readonly forgetting = setInterval(() => this.agents.forgetOld(), FORGET_EVERY_MS);
  private readonly absence = new Absence(this.missed);

  constructor(
    token: string,
    private readonly seen: Seen,
    private readonly expiring: () => void = () => {},
    private readonly alerts?: Alerts,
  ) {
    this.earlier = seen.load();
    if (this.earlier) this.missed.restore(this.earlier.unopened);
    else this.caughtUp = 'yes';
    this.client = signal(this.connect(token));
    this.subscription = this.subscribe(this.client.peek());
    document.addEventListener('visibilitychange', this.onVisibility);
    if (document.visibilityState === 'hidden') this.alerts?.hide();
    window.addEventListener('pagehide', this.onPageHide);
  }

  /** Goes on with a fresh token: what is shown stays, and what came meanwhile follows. */
  renew(token: string): void {
    const after = this.subscription.cursor;
    void this.client.peek().close();
    this.link.value = { status: 'connecting', attempt: 1 };
    const client = this.connect(token);
    this.subscription = this.subscribe(client, after.length > 0 ? after : undefined);
    this.client.value = client;
    this.open.peek()?.reconnect(client);
  }

  /**
   * Shows an agent: what was missed of it counts as seen, and stays marked while it is open. `wanted`: what of it the
   * address leads to.
   */
  show(name: string | undefined, wanted?: Wanted): void {
    if (this.open.peek()?.name === name) {
      void this.open.peek()?.seek(wanted);
      return;
    }
    this.open.peek()?.close();
    if (name === undefined) {
      this.open.value = undefined;
      return;
    }
    const open = new OpenAgent(name, this.client.peek());
    for (const hole of this.notices.holesOf(this.agents.get(name)?.view.peek().partition)) open.addHole(hole);
    this.open.value = open;
    this.markMissed();
    void open.load();
    if (wanted) void open.seek(wanted);
  }

  /** Everything that was missed counts as seen. */
  dismissMissed(): void {
    this.missed.clear();
    this.save();
  }

  stop(): void {
    this.onPageHide();
    this.seen.stop();
    document.removeEventListener('visibilitychange', this.onVisibility);
    window.removeEventListener('pagehide', this.onPageHide);
    this.open.peek()?.close();
    this.logAway.over();
    clearInterval(this.forgetting);
    void this.client.peek().close();
  }

  private connect(token: string): RealtimeClient {
    this.expiresAt = claimsOf(token)?.expiresAt ?? Infinity;
    const client = new RealtimeClient({ url: location.origin, token, reconnect: { delayMax: DELAY_MAX_MS } });
    setClock(() => client.now());
    client.on('notice', (notice) => {
      if (notice.code === 'token_expiring') this.expiring();
      else this.logAway.take(notice);
    });
    client.on('state', (state) => {
      const link = linkOf(state, this.expiresAt, now());
      if (!link) return;
      this.logAway.over();
      const was = this.link.peek();
      this.link.value = link;
      if (link.status === 'connected') {
        void this.catchUp();
        if (this.open.peek()?.problem.peek() !== undefined) void this.open.peek()?.load();
      } else if (was.status === 'connected') {
        this.asOf.value = now();
        this.outages.begin(now());
      }
      if (link.status === 'waiting') this.outages.because(link.reason);
    });
    return client;
  }

  private subscribe(client: RealtimeClient, after?: string[]): Subscription {
    if (!after) this.agents.expectAll();
    const subscription = client.subscribe({ snapshot: true, conflate: true, ...(after && { after }) });
    subscription.on('event', (event, item) => this.take(event, item.origin));
    subscription.on('gap', (gap) => {
      this.agents.takeGap(gap);
      this.takeGaps([gap]);
    });
    subscription.on('snapshot', () => {
      this.agents.valuesComplete();
      this.complete.value = true;
      void this.learnMore(client);
    });
    subscription.on('conflated', () => this.open.peek()?.refreshSoon());
    subscription.on('status', (status) => {
      if (status !== 'active') return;
      this.agents.begin();
      this.asOf.value = undefined;
      this.outages.end(now());
      // What came between the timeline's loading and this moment was sent to nobody.
      void this.open.peek()?.load();
      this.save();
    });
    subscription.on('error', (error) => {
      if (error.code === 'closed') return; // by us
      this.link.value = closedLink(error, this.expiresAt, now());
    });
    return subscription;
  }

  // What no value tells. Without titles tasks are told by their names; who is unknown comes with the next word.
  private async learnMore(client: RealtimeClient): Promise<void> {
    try {
      this.agents.learnTitles((await client.latest({ types: 'task.started', last: TITLES_MAX })).events);
      await learnStrangers(client, this.agents);
    } catch {
      // What comes from now on comes live.
    }
  }

  private take(event: AgentEvent, origin: 'live' | 'replay' | 'snapshot'): void {
    this.agents.take(event);
    this.lag.value = { ms: this.subscription.lag, at: Date.now() };
    if (origin === 'snapshot') return;
    this.open.peek()?.take(event);
    this.absence.take(event);
    this.alerts?.take(event);
    this.save();
  }

  private takeGaps(gaps: Gap[]): void {
    const open = this.open.peek();
    const partition = open && this.agents.get(open.name)?.view.peek().partition;
    for (const hole of this.notices.tell(gaps)) {
      if (open && hole.partition === partition) open.addHole(hole);
    }
  }

  // Once, at the first connection: what came between the last visit and this one.
  private async catchUp(): Promise<void> {
    if (this.caughtUp !== 'no' || !this.earlier) return;
    this.caughtUp = 'now';
    try {
      const away = await catchUp(this.client.peek(), this.earlier.cursor, now());
      this.missed.add(away.events);
      if (away.truncated) this.missed.truncated.value = true;
      this.takeGaps(away.gaps);
      this.caughtUp = 'yes';
      this.markMissed();
      this.save();
    } catch (failure) {
      // What the server refuses now it refuses for ever: without the record the next absence counts again.
      this.caughtUp = isRefused(failure) ? 'yes' : 'no'; // no: at the next connection
      this.save();
    }
  }

  private markMissed(): void {
    const open = this.open.peek();
    const missed = open && document.visibilityState === 'visible' ? this.missed.open(open.name) : undefined;
    if (open && missed) open.missed.value = missed;
  }

  // Only while somebody may be looking, and only when what was missed before is known: it would be lost otherwise.
  private save(): void {
    if (this.caughtUp !== 'yes' || this.absence.isAway) return;
    this.seen.save(() => {
      const cursor = this.subscription.cursor;
      return cursor.length === 0 ? undefined : { cursor, at: now(), unopened: this.missed.toRecord() };
    });
  }

  private readonly onVisibility = () => {
    if (document.visibilityState === 'hidden') {
      this.onPageHide();
      this.absence.begin();
      this.alerts?.hide();
    } else {
      this.absence.end();
      this.alerts?.show();
      this.markMissed();
      this.save();
    }
  };

  private readonly onPageHide = () => {
    this.save();
    this.seen.flush();
  };
}
