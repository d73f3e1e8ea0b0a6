/**
 * Moves nodes to hosts that came later: a few at a time, from the host that has promised the most of its cores to where
 * placement would put a new node now. A node moves by leaving; what the class then lacks is spawned anew.
 */
import { place, type Room } from './placement.ts';

/** What may move. */
export interface Movable {
  readonly host: string;
  readonly model: string;
  /** Cores that it was promised. */
  readonly cpu: number;
  /** Requests in flight. */
  readonly load: number;
}

const filled = ({ promised, cpus }: Room, more = 0): number => (promised + more) / Math.max(0.01, cpus);

/**
 * Up to `most` nodes whose moving makes the fullest hosts less full; none when all are as even as whole nodes allow. Idle nodes
 * come first. Every move lowers the fullest of two hosts, so that moving ends.
 *
 * @param roomsFor the hosts as placement of a node of that model would see them
 */
export function movesOf<N extends Movable>(
  nodes: Iterable<N>,
  roomsFor: (model: string) => readonly Room[],
  most: number,
): N[] {
  const shifted = new Map<string, number>();
  const now = (model: string): Room[] =>
    roomsFor(model).map((room) => ({ ...room, promised: room.promised + (shifted.get(room.host) ?? 0) }));
  const shift = (host: string, cpu: number): void => void shifted.set(host, (shifted.get(host) ?? 0) + cpu);
  const left = new Map<string, N[]>();
  for (const node of nodes) {
    const there = left.get(node.host);
    if (there === undefined) left.set(node.host, [node]);
    else there.push(node);
  }
  for (const there of left.values()) there.sort((a, b) => b.load - a.load); // the idle at the end
  const moves: N[] = [];
  while (moves.length < most) {
    const move = nextMove(left, now);
    if (move === undefined) break;
    const { node, to } = move;
    shift(node.host, -node.cpu);
    shift(to, node.cpu);
    left.get(node.host)?.pop();
    moves.push(node);
  }
  return moves;
}

/** The last node of some host that placement would rather have elsewhere. */
function nextMove<N extends Movable>(
  left: ReadonlyMap<string, readonly N[]>,
  now: (model: string) => readonly Room[],
): { node: N; to: string } | undefined {
  let best: { node: N; to: string; gain: number } | undefined;
  for (const [host, there] of left) {
    const node = there.at(-1);
    if (node === undefined) continue;
    const rooms = now(node.model);
    const from = rooms.find((room) => room.host === host);
    if (from === undefined) continue;
    const without = rooms.map((room) =>
      room === from ? { ...room, promised: room.promised - node.cpu } : room,
    );
    const [to] = place(1, node.cpu, without).keys();
    const target = rooms.find((room) => room.host === to);
    if (target === undefined || target === from) continue;
    const gain = filled(from) - filled(target, node.cpu);
    if (gain > 1e-6 && gain > (best?.gain ?? 0)) best = { node, to: target.host, gain };
  }
  return best;
}

/** Milliseconds between two rounds, and the share of the nodes that moves in one: the rest goes on as it was. */
const ROUND_MS = 500;
const SHARE = 0.02;

/** Rounds of moves until nothing is to be gained. */
export class Rebalancer<N extends Movable> {
  readonly #hooks: RebalanceHooks<N>;
  #timer: NodeJS.Timeout | undefined;
  #moved = 0;

  constructor(hooks: RebalanceHooks<N>) {
    this.#hooks = hooks;
  }

  /** A host has come: looks whether nodes are to move there, and goes on until all is even. */
  start(): void {
    this.#timer ??= setTimeout(() => void this.#round(), ROUND_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #round(): Promise<void> {
    const { nodes, roomsFor, move, done } = this.#hooks;
    const all = [...nodes()];
    const moves = movesOf(all, roomsFor, Math.max(1, Math.ceil(all.length * SHARE)));
    this.#moved += moves.length;
    const more = moves.length > 0 && (await move(moves));
    this.#timer = undefined;
    if (more) return this.start();
    if (this.#moved > 0) done(this.#moved);
    this.#moved = 0;
  }
}

export interface RebalanceHooks<N extends Movable> {
  /** Those that serve and may leave. */
  readonly nodes: () => Iterable<N>;
  readonly roomsFor: (model: string) => readonly Room[];
  /** Lets nodes leave and others come in their place; false when that is no use now. */
  readonly move: (nodes: readonly N[]) => Promise<boolean>;
  /** So many have moved, and nothing is left to be gained. */
  readonly done: (moved: number) => void;
}
