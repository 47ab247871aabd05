/** What a token says of itself: only for showing it. Nothing here is verified; that is the edge's to do. */
export interface Claims {
  tenant?: string;
  subject?: string;
  expiresAt?: number; // ms
}

const KEY = 'realtime.token';

/** The payload of a JWT; undefined if the text is none. */
export function claimsOf(token: string): Claims | undefined {
  const parts = token.split('.');
  if (parts.length !== 3 || parts.some((part) => part === '' || !/^[A-Za-z0-9_-]+$/.test(part))) return undefined;
  try {
    const bytes = Uint8Array.from(atob(parts[1]!.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const fields: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof fields !== 'object' || fields === null) return undefined;
    const claims = fields as Record<string, unknown>;
    const metadata = claims.app_metadata as Record<string, unknown> | undefined;
    const tenant = claims.tenant ?? metadata?.tenant;
    return {
      tenant: typeof tenant === 'string' ? tenant : undefined,
      subject: typeof claims.sub === 'string' ? claims.sub : undefined,
      expiresAt: typeof claims.exp === 'number' ? claims.exp * 1000 : undefined,
    };
  } catch {
    return undefined;
  }
}

/** What people paste: with quotes, line breaks, or the word Bearer before it. */
export function cleanToken(pasted: string): string {
  return pasted
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^(Authorization:\s*)?Bearer\s+/i, '')
    .replaceAll(/["'\s]/g, '');
}

/** Where the token is kept: for the tab, or for the device. */
export class TokenStore {
  constructor(
    private readonly tab: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
    private readonly device: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  ) {}

  load(): string | undefined {
    return this.tab.getItem(KEY) ?? this.device.getItem(KEY) ?? undefined;
  }

  isKept(): boolean {
    return this.device.getItem(KEY) !== null;
  }

  save(token: string, keep: boolean): void {
    this.forget();
    (keep ? this.device : this.tab).setItem(KEY, token);
  }

  forget(): void {
    this.tab.removeItem(KEY);
    this.device.removeItem(KEY);
  }
}
