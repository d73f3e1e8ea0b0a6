import { hasRoom, type NodeView } from './strategy.ts';

/** The nodes of a pool that have room, dense, so that one can be drawn at random in O(1). */
export class AvailableList<N extends NodeView> {
  readonly nodes: N[] = [];
  readonly #places = new Map<N, number>();

  get length(): number {
    return this.nodes.length;
  }

  changed(node: N): void {
    if (!hasRoom(node)) return this.remove(node);
    if (this.#places.has(node)) return;
    this.#places.set(node, this.nodes.length);
    this.nodes.push(node);
  }

  remove(node: N): void {
    const place = this.#places.get(node);
    if (place === undefined) return;
    this.#swap(place, this.nodes.length - 1);
    this.nodes.pop();
    this.#places.delete(node);
  }

  /** Uniform among the nodes that are neither excluded nor `other`. */
  draw(random: () => number, exclude: ReadonlySet<string> | undefined, other?: N): N | undefined {
    // An excluded node goes behind the end of what is still to be drawn from: exact, in exclude.size + 2 steps at most.
    for (let end = this.nodes.length; end > 0; end--) {
      const place = Math.floor(random() * end);
      const node = this.nodes[place] as N;
      if (node !== other && (exclude === undefined || !exclude.has(node.id))) return node;
      this.#swap(place, end - 1);
    }
    return undefined;
  }

  #swap(a: number, b: number): void {
    if (a === b) return;
    const first = this.nodes[a] as N;
    const second = this.nodes[b] as N;
    this.nodes[a] = second;
    this.nodes[b] = first;
    this.#places.set(second, a);
    this.#places.set(first, b);
  }
}
