/** A node whose load is kept by a ledger. */
export interface Loaded {
  readonly id: string;
  load: number;
}

/** One request in flight on one node. */
export interface Lease<N extends Loaded> {
  readonly node: N;
  /** True until it was released or its node was lost. */
  readonly held: boolean;
  /** Gives it back. Only the first call counts: whoever might have to release may do so. */
  release(): void;
}

/**
 * Exact accounting of load: a node's load is the number of leases that are held on it. It is never negative, because a
 * lease counts once, and never leaks, because losing a node releases all of its leases.
 */
export class LoadLedger<N extends Loaded> {
  readonly #leases = new Map<N, Set<HeldLease<N>>>();
  readonly #changed: (node: N) => void;
  #total = 0;

  /** @param changed is called after each change of a node's load: the strategy's `changed` */
  constructor(changed: (node: N) => void) {
    this.#changed = changed;
  }

  /** Requests in flight on all nodes. */
  get total(): number {
    return this.#total;
  }

  acquire(node: N): Lease<N> {
    let leases = this.#leases.get(node);
    if (leases === undefined) this.#leases.set(node, (leases = new Set()));
    const lease = new HeldLease(node, (released) => this.#release(released));
    leases.add(lease);
    this.#count(node, 1);
    return lease;
  }

  /** The node crashed or is gone: what was in flight there is not any more. How many requests that were. */
  lost(node: N): number {
    const leases = [...(this.#leases.get(node) ?? [])];
    for (const lease of leases) lease.release();
    return leases.length;
  }

  #release(lease: HeldLease<N>): void {
    const leases = this.#leases.get(lease.node);
    leases?.delete(lease);
    if (leases?.size === 0) this.#leases.delete(lease.node);
    this.#count(lease.node, -1);
  }

  #count(node: N, change: number): void {
    node.load += change;
    this.#total += change;
    this.#changed(node);
  }
}

class HeldLease<N extends Loaded> implements Lease<N> {
  readonly node: N;
  #release: ((lease: HeldLease<N>) => void) | undefined;

  constructor(node: N, release: (lease: HeldLease<N>) => void) {
    this.node = node;
    this.#release = release;
  }

  get held(): boolean {
    return this.#release !== undefined;
  }

  release(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.(this);
  }
}
