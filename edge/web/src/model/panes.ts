import { nameIn } from './names';

/** A place on the wall: an agent with what it is working on, or with one task of it. */
export interface Pane {
  agent: string;
  task?: string;
}

/** What is pinned, in which order, and how it is shown. */
export interface WallState {
  panes: readonly Pane[];
  /** The one that has all the room: its index. */
  max?: number;
  /** How many beside each other; as many as suits their number if left out. */
  columns?: number;
}

export const PANES_MAX = 9;
export const COLUMNS_MAX = 3;
export const EMPTY_WALL: WallState = { panes: [] };

/** `a1,a2@t1`: neither sign can stand in a name. */
export function panesIn(text: string | null): Pane[] {
  const panes: Pane[] = [];
  for (const part of (text ?? '').split(',', PANES_MAX * 2)) {
    const [first, second, more] = part.split('@');
    const agent = nameIn(first);
    const task = nameIn(second);
    if (agent === undefined || more !== undefined || (second !== undefined && task === undefined)) continue;
    const pane: Pane = task === undefined ? { agent } : { agent, task };
    if (panes.length < PANES_MAX && indexOf(panes, pane) < 0) panes.push(pane);
  }
  return panes;
}

export function panesText(panes: readonly Pane[]): string {
  return panes.map(keyOf).join(',');
}

export function keyOf({ agent, task }: Pane): string {
  return task === undefined ? agent : `${agent}@${task}`;
}

export function indexOf(panes: readonly Pane[], pane: Pane): number {
  return panes.findIndex((other) => keyOf(other) === keyOf(pane));
}

/** Pins it behind the others, or takes it off if it is pinned. As it was if there is no room. */
export function toggled(wall: WallState, pane: Pane): WallState {
  const at = indexOf(wall.panes, pane);
  if (at >= 0) return without(wall, at);
  if (wall.panes.length >= PANES_MAX) return wall;
  return { ...wall, panes: [...wall.panes, pane], max: undefined };
}

export function without(wall: WallState, at: number): WallState {
  return { ...wall, panes: wall.panes.filter((_, index) => index !== at), max: undefined };
}

/** Another place for a pane; the one that stands there moves on. */
export function moved(wall: WallState, from: number, to: number): WallState {
  if (to < 0 || to >= wall.panes.length || from === to) return wall;
  const panes = [...wall.panes];
  const [pane] = panes.splice(from, 1);
  panes.splice(to, 0, pane!);
  return { ...wall, panes, max: wall.max === undefined ? undefined : panes.indexOf(wall.panes[wall.max]!) };
}

/** How many beside each other: as square as it gets, or as was chosen. */
export function columnsOf({ panes, columns }: WallState): number {
  if (columns !== undefined) return Math.max(1, Math.min(columns, panes.length));
  return panes.length <= 1 ? 1 : panes.length <= 4 ? 2 : 3;
}

/** Where a step to a side leads in the grid; stays at its borders. */
export function neighbour(wall: WallState, at: number, key: string): number {
  const columns = columnsOf(wall);
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  const next = at + (step ?? 0);
  const leavesRow = Math.abs(step ?? 0) === 1 && Math.floor(next / columns) !== Math.floor(at / columns);
  return next < 0 || next >= wall.panes.length || (columns > 1 && leavesRow) ? at : next;
}

/** How much of the wall one sees. */
export interface WallSight {
  /** One at a time. */
  isNarrow: boolean;
  /** Which one, then. */
  front: number;
  /** The page is in the background. */
  isAway: boolean;
}

/** Whether a pane is not to be seen: then it is sent nothing. */
export function isOutOfSight({ max }: WallState, at: number, { isNarrow, front, isAway }: WallSight): boolean {
  if (isAway) return true;
  return isNarrow ? at !== front : max !== undefined && at !== max;
}
