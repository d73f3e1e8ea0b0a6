import type { NodeView } from './strategy.ts';

interface Entry<N> {
  readonly node: N;
  key: number;
  /** Among equal keys the lower one first. */
  order: number;
  place: number;
}

/** A binary heap whose entries can be moved and taken out: O(log n) each, the least key first. */
export class NodeHeap<N extends NodeView> {
  readonly #heap: Entry<N>[] = [];
  readonly #entries = new Map<N, Entry<N>>();
  #clock = 0;

  get length(): number {
    return this.#heap.length;
  }

  get first(): N | undefined {
    return this.#heap[0]?.node;
  }

  key(node: N): number | undefined {
    return this.#entries.get(node)?.key;
  }

  /** Puts the node in or moves it: behind all others of the same key, unless its key stays as it was. */
  set(node: N, key: number): void {
    const entry = this.#entries.get(node);
    if (entry === undefined) {
      const fresh = { node, key, order: this.#clock++, place: this.#heap.length };
      this.#entries.set(node, fresh);
      this.#heap.push(fresh);
      this.#up(fresh);
    } else if (entry.key !== key) {
      const rises = key < entry.key;
      entry.key = key;
      entry.order = this.#clock++;
      if (rises) this.#up(entry);
      else this.#down(entry);
    }
  }

  delete(node: N): boolean {
    const entry = this.#entries.get(node);
    if (entry === undefined) return false;
    this.#entries.delete(node);
    const last = this.#heap.pop() as Entry<N>;
    if (last !== entry) {
      last.place = entry.place;
      this.#heap[last.place] = last;
      this.#up(last);
      this.#down(last);
    }
    return true;
  }

  /** The first node that is not excluded: looks at exclude.size + 1 nodes and their children at most. */
  firstExcept(exclude: ReadonlySet<string> | undefined): N | undefined {
    const top = this.#heap[0];
    if (top === undefined || exclude === undefined || !exclude.has(top.node.id)) return top?.node;
    const frontier: Entry<N>[] = [top];
    while (frontier.length > 0) {
      let best = 0;
      for (let i = 1; i < frontier.length; i++) {
        if (before(frontier[i] as Entry<N>, frontier[best] as Entry<N>)) best = i;
      }
      const entry = frontier[best] as Entry<N>;
      if (!exclude.has(entry.node.id)) return entry.node;
      frontier[best] = frontier[frontier.length - 1] as Entry<N>;
      frontier.pop();
      for (const child of [2 * entry.place + 1, 2 * entry.place + 2]) {
        const next = this.#heap[child];
        if (next !== undefined) frontier.push(next);
      }
    }
    return undefined;
  }

  #up(entry: Entry<N>): void {
    const heap = this.#heap;
    let { place } = entry;
    while (place > 0) {
      const parent = heap[(place - 1) >> 1] as Entry<N>;
      if (!before(entry, parent)) break;
      heap[place] = parent;
      parent.place = place;
      place = (place - 1) >> 1;
    }
    heap[place] = entry;
    entry.place = place;
  }

  #down(entry: Entry<N>): void {
    const heap = this.#heap;
    const { length } = heap;
    let { place } = entry;
    for (let child = 2 * place + 1; child < length; child = 2 * place + 1) {
      if (child + 1 < length && before(heap[child + 1] as Entry<N>, heap[child] as Entry<N>)) child++;
      const next = heap[child] as Entry<N>;
      if (!before(next, entry)) break;
      heap[place] = next;
      next.place = place;
      place = child;
    }
    heap[place] = entry;
    entry.place = place;
  }
}

function before<N>(a: Entry<N>, b: Entry<N>): boolean {
  return a.key < b.key || (a.key === b.key && a.order < b.order);
}
