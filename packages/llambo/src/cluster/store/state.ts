/** What outlives the orchestrator's process, and the changes that it is made of. */

export interface SavedState {
  /** Nodes that each class should have. */
  readonly classes: Readonly<Record<string, number>>;
  readonly strategy?: string;
  readonly autoscale?: { readonly enabled: boolean; readonly policy: string };
  readonly limits?: {
    readonly minimum: number;
    readonly maximum: number;
    readonly classes?: Readonly<Record<string, { readonly minimum?: number; readonly maximum?: number }>>;
  };
  /** Nodes that an operator drained. */
  readonly drained: readonly string[];
  /** Number of the last node: no name is given twice. */
  readonly lastNode: number;
  /** The newest events. */
  readonly events: readonly SavedEvent[];
}

export interface SavedEvent {
  readonly serial: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** One change; a journal is a list of them. */
export type Change =
  | { readonly kind: 'snapshot'; readonly state: SavedState }
  | { readonly kind: 'class'; readonly name: string; readonly count: number }
  | { readonly kind: 'strategy'; readonly name: string }
  | { readonly kind: 'autoscale'; readonly enabled: boolean; readonly policy: string }
  | { readonly kind: 'limits'; readonly limits: NonNullable<SavedState['limits']> }
  | { readonly kind: 'drained'; readonly node: string; readonly drained: boolean }
  | { readonly kind: 'node'; readonly last: number }
  | { readonly kind: 'event'; readonly event: SavedEvent };

export const emptyState: SavedState = { classes: {}, drained: [], lastNode: 0, events: [] };

const KEPT_EVENTS = 1000;

/** Pure: the state after a change. */
export function applyChange(state: SavedState, change: Change): SavedState {
  switch (change.kind) {
    case 'snapshot':
      return change.state;
    case 'class':
      return { ...state, classes: { ...state.classes, [change.name]: change.count } };
    case 'strategy':
      return { ...state, strategy: change.name };
    case 'autoscale':
      return { ...state, autoscale: { enabled: change.enabled, policy: change.policy } };
    case 'limits':
      return { ...state, limits: change.limits };
    case 'drained': {
      const others = state.drained.filter((node) => node !== change.node);
      return { ...state, drained: change.drained ? [...others, change.node] : others };
    }
    case 'node':
      return { ...state, lastNode: Math.max(state.lastNode, change.last) };
    case 'event':
      return { ...state, events: [...state.events.slice(1 - KEPT_EVENTS), change.event] };
  }
}
