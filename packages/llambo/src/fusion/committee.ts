/** Who is asked: distinct nodes, spread over hosts and models, the idle ones first. */
import type { FusionNode } from './types.ts';

/**
 * Nodes in the order in which they are asked: the first ones vote, the others stand by. Groups (hosts or classes when the
 * rule is about them, and models) take turns, so that no single one fills the committee while there are others.
 */
export function seating(nodes: readonly FusionNode[], distinct: 'node' | 'host' | 'class'): FusionNode[] {
  const groupOf = ({ host = '', class: nodeClass, model }: FusionNode): string =>
    distinct === 'node' ? model : distinct === 'host' ? host : nodeClass;
  const queues = new Map<string, FusionNode[]>();
  const free = ({ load, capacity }: FusionNode): number => load / Math.max(1, capacity);
  const sorted = nodes
    .filter(({ ready }) => ready)
    .sort((a, b) => free(a) - free(b) || (a.id < b.id ? -1 : 1));
  for (const node of sorted) {
    const queue = queues.get(groupOf(node)) ?? [];
    queues.set(groupOf(node), queue);
    queue.push(node);
  }
  const seats: FusionNode[] = [];
  // A group's hosts take turns too, where the rule itself is not about hosts.
  for (const queue of queues.values()) if (distinct !== 'host') spread(queue, ({ host = '' }) => host);
  while (seats.length < sorted.length) {
    for (const queue of queues.values()) {
      const node = queue.shift();
      if (node !== undefined) seats.push(node);
    }
  }
  return seats;
}

/** Puts a list in an order in which groups take turns; within a group nothing changes. */
function spread(list: FusionNode[], groupOf: (node: FusionNode) => string): void {
  const rank = new Map<string, number>();
  const turns = new Map(
    list.map((node) => {
      const turn = rank.get(groupOf(node)) ?? 0;
      rank.set(groupOf(node), turn + 1);
      return [node, turn] as const;
    }),
  );
  list.sort((a, b) => (turns.get(a) as number) - (turns.get(b) as number));
}
