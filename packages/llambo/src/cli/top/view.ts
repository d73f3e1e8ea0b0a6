/** What top shows, and what keys do to it. */
import type { ClusterEvent } from '../../cluster/events.ts';
import type { NodeDetail, NodeRow, Status } from '../client/client.ts';

export type Column = 'id' | 'class' | 'state' | 'load' | 'speed' | 'requests' | 'tokens' | 'failures';

export const COLUMNS: readonly Column[] = [
  'id',
  'class',
  'state',
  'load',
  'speed',
  'requests',
  'tokens',
  'failures',
];

/** From the whole to one node. */
export type Level =
  | { readonly kind: 'cluster' }
  /** Of one class; of all when there is none. */
  | { readonly kind: 'nodes'; readonly class?: string }
  | { readonly kind: 'node'; readonly id: string; readonly class?: string };

export interface View {
  readonly level: Level;
  readonly sort: Column;
  readonly reversed: boolean;
  readonly selected: number;
  readonly paused: boolean;
}

export interface Scene {
  readonly address: string;
  readonly status: Status | undefined;
  readonly nodes: readonly NodeRow[];
  readonly node: NodeDetail | undefined;
  /** Newest last. */
  readonly events: readonly ClusterEvent[];
  /** Why there is nothing new. */
  readonly trouble: string | undefined;
}

export const FIRST_VIEW: View = {
  level: { kind: 'cluster' },
  sort: 'id',
  reversed: false,
  selected: 0,
  paused: false,
};

/** Nodes of the level in the order that was chosen: figures from the highest down, names upwards. */
export function nodesOf({ level, sort, reversed }: View, { nodes }: Scene): NodeRow[] {
  const wanted = level.kind === 'cluster' ? undefined : level.class;
  const shown = wanted === undefined ? [...nodes] : nodes.filter((node) => node.class === wanted);
  const way = reversed ? -1 : 1;
  return shown.sort((a, b) => way * compare(a, b, sort) || (a.id < b.id ? -1 : 1));
}

function compare(a: NodeRow, b: NodeRow, by: Column): number {
  const [left, right] = [a[by], b[by]];
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return Number(right ?? 0) - Number(left ?? 0);
}

/** Lines that can be chosen. */
export function lengthOf(view: View, scene: Scene): number {
  if (view.level.kind === 'cluster') return scene.status?.classes.length ?? 0;
  return view.level.kind === 'nodes' ? nodesOf(view, scene).length : 0;
}

/** The view after a key; undefined: the end. */
export function press(key: string, view: View, scene: Scene): View | undefined {
  const last = Math.max(0, lengthOf(view, scene) - 1);
  const to = (selected: number): View => ({ ...view, selected: Math.max(0, Math.min(last, selected)) });
  switch (key) {
    case 'q':
    case 'ctrl-c':
    case 'ctrl-d':
      return undefined;
    case 'down':
    case 'j':
      return to(view.selected + 1);
    case 'up':
    case 'k':
      return to(view.selected - 1);
    case 'pagedown':
      return to(view.selected + 10);
    case 'pageup':
      return to(view.selected - 10);
    case 'home':
    case 'g':
      return to(0);
    case 'end':
    case 'G':
      return to(last);
    case '>':
    case '.':
      return { ...view, sort: COLUMNS[(COLUMNS.indexOf(view.sort) + 1) % COLUMNS.length] as Column };
    case '<':
    case ',':
      return {
        ...view,
        sort: COLUMNS[(COLUMNS.indexOf(view.sort) + COLUMNS.length - 1) % COLUMNS.length] as Column,
      };
    case 'r':
      return { ...view, reversed: !view.reversed };
    case 'p':
      return { ...view, paused: !view.paused };
    case 'a':
      return { ...view, level: { kind: 'nodes' }, selected: 0 };
    case 'enter':
    case 'right':
    case 'l':
      return into(view, scene);
    case 'escape':
    case 'left':
    case 'h':
    case 'backspace':
      return outOf(view);
    default:
      return view;
  }
}

function into(view: View, scene: Scene): View {
  const { level, selected } = view;
  if (level.kind === 'cluster') {
    const chosen = scene.status?.classes[selected]?.name;
    return chosen === undefined ? view : { ...view, level: { kind: 'nodes', class: chosen }, selected: 0 };
  }
  if (level.kind === 'node') return view;
  const node = nodesOf(view, scene)[selected];
  return node === undefined ? view : { ...view, level: { ...level, kind: 'node', id: node.id } };
}

function outOf(view: View): View {
  const { level } = view;
  if (level.kind === 'cluster') return view;
  if (level.kind === 'nodes') return { ...view, level: { kind: 'cluster' }, selected: 0 };
  const { class: ofClass } = level;
  return { ...view, level: { kind: 'nodes', ...(ofClass === undefined ? {} : { class: ofClass }) } };
}
