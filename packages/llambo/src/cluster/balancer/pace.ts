import type { NodeView } from './strategy.ts';

/**
 * Speeds of a pool's nodes, with a stand-in for the ones that are not known yet: the mean of the others, so that a new
 * node is neither flooded nor starved before its first answer.
 */
export class Pace<N extends NodeView> {
  #mean = 0;

  /** Forgets slowly: a hundredth of the weight on each newly seen speed. */
  seen(node: N): void {
    if (node.speed > 0)
      this.#mean = this.#mean === 0 ? node.speed : this.#mean + (node.speed - this.#mean) / 100;
  }

  /** Tokens a second, never 0. */
  speed(node: N): number {
    return node.speed > 0 ? node.speed : this.#mean || 1;
  }

  /** What one more request would meet: requests for each token a second. */
  cost(node: N): number {
    return (node.load + 1) / this.speed(node);
  }
}
