/** What is under way for one request on one node. */
export interface Runner {
  readonly node: string;
  cancel(): void;
}

/**
 * One request on two nodes at once, until the first token of either: then the other one is cancelled, and whatever it
 * still says is not heard. A runner that fails while the other runs just leaves.
 */
export class HedgeRace<R extends Runner> {
  readonly #runners = new Set<R>();
  #winner: R | undefined;

  get winner(): R | undefined {
    return this.#winner;
  }

  /** Runners that may still give the answer. */
  get size(): number {
    return this.#runners.size;
  }

  runners(): Iterable<R> {
    return this.#runners;
  }

  /** Another node is asked. After a first token it is cancelled at once. */
  enter(runner: R): void {
    if (this.#winner === undefined) this.#runners.add(runner);
    else runner.cancel();
  }

  /** Tokens came from this runner: true when they are the answer's, false when they are to be dropped. */
  token(runner: R): boolean {
    if (this.#winner === undefined && this.#runners.has(runner)) {
      this.#winner = runner;
      for (const other of this.#runners) {
        if (other === runner) continue;
        this.#runners.delete(other);
        other.cancel();
      }
    }
    return this.#winner === runner;
  }

  /** The runner's node failed: true when nobody else is running, so that the request must be retried. */
  failed(runner: R): boolean {
    if (!this.#runners.delete(runner)) return false;
    if (this.#winner === runner) this.#winner = undefined;
    return this.#runners.size === 0;
  }

  /** The client has gone. */
  cancel(): void {
    for (const runner of this.#runners) runner.cancel();
    this.#runners.clear();
  }
}
