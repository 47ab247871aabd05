import { batch, computed, signal } from '@preact/signals';
import { hashOf, parseRoute, type Route } from './route';
import { Live } from './live';
import type { ListQuery } from './listing';
import { Seen } from './seen';
import { check, credentialOf, redeem } from './signIn';
import { claimsOf, cleanToken, TokenStore, type Claims } from './token';

/** The page's state above all: who is signed in, where it stands, and what is live. */
export class App {
  readonly route = signal<Route>({});
  readonly live = signal<Live | undefined>(undefined);
  readonly claims = signal<Claims>({});
  /** While a sign-in is under way. */
  readonly busy = signal(false);
  readonly problem = signal<string | undefined>(undefined);
  readonly query = signal<ListQuery>({ text: '', kinds: new Set(), sort: 'name' });
  readonly helpOpen = signal(false);
  readonly online = signal(navigator.onLine);
  /** The token ran out: what is shown stays, and another is asked for. */
  readonly expired = computed(() => {
    const link = this.live.value?.link.value;
    return link?.status === 'closed' && (link.code === 'unauthorized' || link.code === 'token_expired');
  });
  private readonly tokens = new TokenStore(sessionStorage, localStorage);

  /** Reads the address, signs in by what it carries or by what is kept, and follows the address from then on. */
  async start(): Promise<void> {
    window.addEventListener('hashchange', () => this.followAddress());
    window.addEventListener('online', () => (this.online.value = true));
    window.addEventListener('offline', () => (this.online.value = false));
    if (await this.useLink()) return;
    this.readRoute();
    const kept = this.tokens.load();
    if (kept !== undefined) this.begin(kept);
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

  signOut(): void {
    this.tokens.forget();
    this.live.value?.stop();
    batch(() => {
      this.live.value = undefined;
      this.claims.value = {};
      this.problem.value = undefined;
    });
    this.go({});
  }

  go(route: Route): void {
    if (location.hash !== hashOf(route)) location.hash = hashOf(route);
  }

  keepsToken(): boolean {
    return this.tokens.isKept();
  }

  private async useLink(): Promise<boolean> {
    const credential = credentialOf(location.hash);
    if (!credential) return false;
    // At once, before anything can read, store or send it.
    history.replaceState(null, '', location.pathname + location.search + '#/');
    const token = 'token' in credential ? cleanToken(credential.token) : undefined;
    await this.attempt(
      () =>
        token !== undefined
          ? check(token, fetch.bind(window))
          : redeem((credential as { code: string }).code, fetch.bind(window)),
      false,
    );
    return true;
  }

  private async followAddress(): Promise<void> {
    if (await this.useLink()) return;
    this.readRoute();
  }

  private readRoute(): void {
    const route = parseRoute(location.hash);
    this.route.value = route;
    this.live.peek()?.show(route.agent);
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
    this.live.value = new Live(token, seen);
    this.readRoute();
  }
}

export const app = new App();
