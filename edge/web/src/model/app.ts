import { batch, computed, signal } from '@preact/signals';
import { Alerts, browserNotifications } from './alerts';
import { Live } from './live';
import type { Wanted } from './openAgent';
import { Place } from './place';
import type { Route } from './route';
import { Seen } from './seen';
import { check, codeOf, redeem } from './signIn';
import { Tabs } from './tabs';
import { claimsOf, cleanToken, TokenStore, type Claims } from './token';

/** Why a sign-in holds no longer. */
export type Lapse = 'expired' | 'not-accepted';

/** The page's state above all: who is signed in, where it stands, and what is live. */
export class App {
  readonly place = new Place(sessionStorage);
  readonly route = this.place.route;
  readonly query = this.place.query;
  readonly wall = this.place.wall;
  readonly live = signal<Live | undefined>(undefined);
  readonly claims = signal<Claims>({});
  /** While a sign-in is under way. */
  readonly busy = signal(false);
  readonly problem = signal<string | undefined>(undefined);
  /** The code of a sign-in link that was opened while somebody is signed in: it is used only if they say so. */
  readonly offer = signal<string | undefined>(undefined);
  /** Groups of the list that show their heads alone. */
  readonly folded = signal<ReadonlySet<string>>(new Set());
  readonly alerts = new Alerts(browserNotifications, localStorage, (agent) => this.go(agent ? { agent } : {}));
  readonly helpOpen = signal(false);
  readonly online = signal(navigator.onLine);
  /** The token ran out, or is not accepted any more: what is shown stays, and another is asked for. */
  readonly lapsed = computed((): Lapse | undefined => {
    const link = this.live.value?.link.value;
    if (link?.status !== 'closed') return undefined;
    return link.code === 'token_expired' ? 'expired' : link.code === 'unauthorized' ? 'not-accepted' : undefined;
  });
  /** Other tabs are asked whether somebody is signed in: a moment in which a form would only flash up. */
  readonly asking = signal(false);
  private readonly tokens = new TokenStore(sessionStorage, localStorage);
  private readonly tabs = new Tabs(new BroadcastChannel('realtime.session'), {
    token: () => (this.live.peek() && this.lapsed.peek() === undefined ? this.tokens.load() : undefined),
    signedOut: (who) => void (this.live.peek() && this.who() === who && this.leave()),
  });

  /** Reads the address, signs in by what it carries or by what is kept, and follows the address from then on. */
  async start(): Promise<void> {
    window.addEventListener('hashchange', () => this.followAddress());
    window.addEventListener('online', () => (this.online.value = true));
    window.addEventListener('offline', () => (this.online.value = false));
    const code = this.takeCode();
    const kept = this.tokens.load();
    if (kept !== undefined) this.begin(kept);
    else this.readRoute();
    if (code !== undefined) await this.useCode(code);
    else if (kept === undefined) await this.followTabs();
  }

  /** Signs in with what was pasted. */
  async signIn(pasted: string, keep: boolean): Promise<void> {
    const token = cleanToken(pasted);
    if (token === '') {
      this.problem.value = 'Paste a token first.';
      return;
    }
    await this.attempt(() => check(token, fetch.bind(window)), keep);
  }

  /** In all tabs, so that none brings the session back. */
  signOut(): void {
    this.tabs.tellSignedOut(this.who());
    this.leave();
  }

  /** Signs in anew by the link that was opened; if it is refused, the session stays. */
  async acceptOffer(): Promise<void> {
    const code = this.offer.peek();
    if (code === undefined || this.busy.peek()) return;
    await this.attempt(() => redeem(code, fetch.bind(window)), false);
    if (this.problem.peek() === undefined) this.offer.value = undefined;
  }

  /** Keeps the session, and uses the link for nothing. */
  declineOffer(): void {
    this.offer.value = undefined;
    this.problem.value = undefined;
  }

  go(route: Route): void {
    this.place.go(route);
  }

  /** Another filter at the same place: no step back for the browser. */
  refine(route: Route): void {
    this.place.refine(route);
    this.live.peek()?.show(route.agent, wantedBy(route));
  }

  keepsToken(): boolean {
    return this.tokens.isKept();
  }

  private leave(): void {
    this.tokens.forget();
    this.live.value?.stop();
    batch(() => {
      this.live.value = undefined;
      this.claims.value = {};
      this.offer.value = undefined;
      this.problem.value = undefined;
    });
    this.place.forget();
    this.go({});
  }

  private who(): string {
    const { tenant, subject } = this.claims.peek();
    return JSON.stringify([tenant, subject]);
  }

  private async followTabs(): Promise<void> {
    this.asking.value = true;
    const token = await this.tabs.ask();
    this.asking.value = false;
    if (token === undefined || this.live.peek()) return;
    this.tokens.save(token, false);
    this.begin(token);
  }

  // This token ends soon. Whoever signed in anew in another tab has done so for this one; else the header says when it ends.
  private async followSignIn(): Promise<void> {
    const { tenant, subject, expiresAt = Infinity } = this.claims.peek();
    for (const token of [await this.tabs.ask(isLater), this.tokens.load()]) {
      if (token === undefined || !isLater(token) || !this.live.peek()) continue;
      this.tokens.save(token, this.tokens.isKept());
      return this.begin(token);
    }

    function isLater(token: string): boolean {
      const claims = claimsOf(token);
      return claims?.tenant === tenant && claims?.subject === subject && (claims?.expiresAt ?? 0) > expiresAt;
    }
  }

  // Out of the address at once, before anything can read, store or send it.
  private takeCode(): string | undefined {
    const code = codeOf(location.hash);
    if (code !== undefined) history.replaceState(null, '', location.pathname + location.search + '#/');
    return code;
  }

  private async useCode(code: string): Promise<void> {
    // Whoever sends a link must not be able to put somebody else's session in the place of one's own.
    if (this.live.peek()) this.offer.value = code;
    else await this.attempt(() => redeem(code, fetch.bind(window)), false);
  }

  private async followAddress(): Promise<void> {
    const code = this.takeCode();
    if (code === undefined) this.readRoute();
    else await this.useCode(code);
  }

  private readRoute(): void {
    this.place.read();
    const route = this.route.peek();
    this.live.peek()?.show(route.agent, wantedBy(route));
  }

  private async attempt(sign: () => Promise<{ token: string } | { problem: string }>, keep: boolean): Promise<void> {
    this.busy.value = true;
    this.problem.value = undefined;
    const result = await sign();
    this.busy.value = false;
    if ('problem' in result) {
      this.problem.value = result.problem;
      return;
    }
    this.tokens.save(result.token, keep);
    this.begin(result.token);
  }

  private begin(token: string): void {
    const before = this.claims.peek();
    const claims = claimsOf(token) ?? {};
    const live = this.live.peek();
    this.claims.value = claims;
    if (live && before.tenant === claims.tenant && before.subject === claims.subject) {
      live.renew(token);
      this.readRoute();
      return;
    }
    live?.stop();
    const seen = new Seen(localStorage, Seen.keyOf(claims.tenant ?? '', claims.subject ?? ''));
    this.live.value = new Live(token, seen, () => void this.followSignIn(), this.alerts);
    this.readRoute();
  }
}

function wantedBy({ event, at }: Route): Wanted | undefined {
  if (event !== undefined) return { event };
  return at === undefined ? undefined : { at };
}

export const app = new App();
