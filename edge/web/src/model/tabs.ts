/** How long a new tab waits for the others to say that somebody is signed in: they answer in a few ms. */
export const ASK_MS = 300;

type Message = { kind: 'ask' } | { kind: 'token'; token: string } | { kind: 'signed-out'; who: string };

type Channel = Pick<BroadcastChannel, 'onmessage' | 'postMessage'>;

export interface TabEvents {
  /** The token to share with a tab that asks; undefined if this one has none that is accepted. */
  token(): string | undefined;
  /** Somebody signed out in another tab. */
  signedOut(who: string): void;
}

/**
 * The page's other tabs in this browser. A tab that is opened from another one is signed in as that is, though the token
 * is kept by the tab alone; signing out of one ends it in all. Only pages of this origin hear any of it.
 */
export class Tabs {
  private readonly asking = new Set<(token: string) => void>();

  constructor(
    private readonly channel: Channel,
    private readonly events: TabEvents,
  ) {
    channel.onmessage = ({ data }) => this.take(data as Message);
  }

  /** The token of another tab, the first that will do; undefined if none has one. */
  ask(willDo: (token: string) => boolean = () => true): Promise<string | undefined> {
    return new Promise((resolve) => {
      const end = (token?: string) => {
        clearTimeout(timer);
        this.asking.delete(take);
        resolve(token);
      };
      const timer = setTimeout(end, ASK_MS);
      const take = (token: string) => {
        if (willDo(token)) end(token);
      };
      this.asking.add(take);
      this.send({ kind: 'ask' });
    });
  }

  tellSignedOut(who: string): void {
    this.send({ kind: 'signed-out', who });
  }

  private take(message: Message): void {
    if (message.kind === 'token') for (const take of [...this.asking]) take(message.token);
    else if (message.kind === 'signed-out') this.events.signedOut(message.who);
    else if (message.kind === 'ask') {
      const token = this.events.token();
      if (token !== undefined) this.send({ kind: 'token', token });
    }
  }

  private send(message: Message): void {
    this.channel.postMessage(message);
  }
}
