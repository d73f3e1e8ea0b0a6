/**
 * Waiting work of many callers, taken by weighted fair queueing: the caller that has been served least, relative to its
 * weight, comes next; within a caller, first come, first served. A caller that returns from idleness starts level with
 * the least served of those waiting, so that idleness earns no credit (start-time fair queueing, Goyal et al. 1996).
 */
export interface Queued {
  readonly callerId: string;
  readonly weight: number;
  /** Service that it will take, in tokens. */
  readonly cost: number;
}

interface Flow<T> {
  readonly id: string;
  virtual: number;
  readonly items: T[];
}

export class FairQueue<T extends Queued> {
  readonly limit: number;
  readonly #flows = new Map<string, Flow<T>>();
  #clock = 0;
  #size = 0;

  /** @param limit items that may wait */
  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** False when the queue is at its limit. */
  push(item: T): boolean {
    if (this.#size >= this.limit) return false;
    let flow = this.#flows.get(item.callerId);
    if (flow === undefined) {
      flow = { id: item.callerId, virtual: this.#clock, items: [] };
      this.#flows.set(item.callerId, flow);
    }
    flow.items.push(item);
    this.#size++;
    return true;
  }

  /** Takes the next item that `ready` accepts; items that it refuses keep their place. */
  take(ready: (item: T) => boolean): T | undefined {
    const flows = [...this.#flows.values()].sort((a, b) => a.virtual - b.virtual);
    for (const flow of flows) {
      const index = flow.items.findIndex(ready);
      if (index < 0) continue;
      const [item] = flow.items.splice(index, 1) as [T];
      this.#clock = Math.max(this.#clock, flow.virtual);
      flow.virtual += item.cost / item.weight;
      this.#forget(flow);
      this.#size--;
      return item;
    }
    return undefined;
  }

  /** Takes an item out, wherever it stands; whether it was there. */
  remove(item: T): boolean {
    const flow = this.#flows.get(item.callerId);
    const index = flow?.items.indexOf(item) ?? -1;
    if (flow === undefined || index < 0) return false;
    flow.items.splice(index, 1);
    this.#size--;
    this.#forget(flow);
    return true;
  }

  drain(): T[] {
    const items = [...this.#flows.values()].flatMap((flow) => flow.items);
    this.#flows.clear();
    this.#size = 0;
    return items;
  }

  /** A flow that is empty and no longer ahead of the clock has nothing to remember. */
  #forget(flow: Flow<T>): void {
    if (flow.items.length === 0 && flow.virtual <= this.#clock) this.#flows.delete(flow.id);
    if (this.#flows.size > 4096) {
      for (const [id, other] of this.#flows) if (other.items.length === 0) this.#flows.delete(id);
    }
  }
}
