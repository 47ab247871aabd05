import type { TerminalItem } from '@realtime/client';
import type { Screen } from './feed';
import type { LinkScreen } from './link';

export type TerminalState =
  | { kind: 'loading' }
  | { kind: 'shown' }
  /** The server knew of none when it was asked; `awaited`: the task was being worked on then. */
  | { kind: 'none'; awaited: boolean }
  /** The server keeps it no longer; what was shown of it stays. */
  | { kind: 'gone' }
  | { kind: 'failed'; detail: string };

/** A terminal as the client gives it. */
export interface TerminalSource extends AsyncIterable<TerminalItem> {
  /** By which notices name it. */
  readonly id: string;
  /** Behind what was taken: `<offset>.<epoch>`. */
  readonly position: string | undefined;
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

export interface TerminalServer {
  open(from: string): TerminalSource;
  /** Behind the last byte that there is, and whether it is the last for ever. */
  end(): Promise<TerminalEnd>;
  /** Nobody sees the page: nothing need be asked for. */
  isHidden(): boolean;
}

export interface TerminalEnd {
  end: number;
  epoch: string;
  exitCode?: number;
}

export interface TerminalSessionScreen extends Screen {
  clear(): void;
  /** These bytes are written next. */
  noteBytes?(offset: number, data: Uint8Array): void;
  readonly linking?: LinkScreen;
}
