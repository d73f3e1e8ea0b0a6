import { BitTree } from './bit-tree.ts';
import { type Pool, PooledStrategy } from './pools.ts';
import { hasRoom, type NodeView, type RouteRequest, type Strategy } from './strategy.ts';

/** The seed's strategy 1: one node after the other, in the order in which they came, over those that have room. */
class RoundRobinPool<N extends NodeView> implements Pool<N> {
  readonly #slots: (N | undefined)[] = [];
  readonly #places = new Map<N, number>();
  readonly #free: number[] = [];
  readonly #available = new BitTree();
  #next = 0;

  add(node: N): void {
    const place = this.#free.pop() ?? this.#slots.length;
    this.#slots[place] = node;
    this.#places.set(node, place);
    this.changed(node);
  }

  remove(node: N): void {
    const place = this.#places.get(node) as number;
    this.#places.delete(node);
    this.#slots[place] = undefined;
    this.#available.delete(place);
    this.#free.push(place);
  }

  changed(node: N): void {
    const place = this.#places.get(node) as number;
    if (hasRoom(node)) this.#available.add(place);
    else this.#available.delete(place);
  }

  pick({ exclude }: RouteRequest): N | undefined {
    const start = this.#next;
    let wrapped = false;
    for (let from = start; ; ) {
      const place = this.#available.next(from);
      if (place === -1 || (wrapped && place >= start)) {
        if (wrapped || start === 0) return undefined;
        wrapped = true;
        from = 0;
        continue;
      }
      const node = this.#slots[place] as N;
      if (exclude === undefined || !exclude.has(node.id)) {
        this.#next = place + 1;
        return node;
      }
      from = place + 1;
    }
  }
}

export const roundRobin = <N extends NodeView>(): Strategy<N> =>
  new PooledStrategy<N>('round-robin', () => new RoundRobinPool<N>());
