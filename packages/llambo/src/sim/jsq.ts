import { AvailableList } from '../cluster/balancer/available-list.ts';
import { registerStrategy } from '../cluster/balancer/index.ts';
import { type Pool, PooledStrategy, type Slots } from '../cluster/balancer/pools.ts';
import type { NodeView, RouteRequest } from '../cluster/balancer/strategy.ts';

/** The least loaded of `choices` different nodes drawn at random. */
class ChoicesPool<N extends NodeView> implements Pool {
  readonly #slots: Slots<N>;
  readonly #available: AvailableList<N>;
  readonly #choices: number;
  readonly #random: () => number;

  constructor(slots: Slots<N>, choices: number, random: () => number) {
    this.#slots = slots;
    this.#available = new AvailableList(slots);
    this.#choices = choices;
    this.#random = random;
  }

  add(slot: number): void {
    this.#available.changed(slot);
  }

  remove(slot: number): void {
    this.#available.remove(slot);
  }

  changed(slot: number): void {
    this.#available.changed(slot);
  }

  pick({ exclude }: RouteRequest): number {
    let best = -1;
    for (let i = 0; i < this.#choices; i++) {
      const slot = this.#available.draw(this.#random, exclude, best);
      if (slot < 0) return best;
      if (best < 0 || (this.#slots[slot] as N).load < (this.#slots[best] as N).load) best = slot;
    }
    return best;
  }
}

/** Makes the strategy `jsqD` known: for checks against theory, not for clusters. */
export function registerJsq(choices: number): string {
  const name = `jsq${choices}`;
  registerStrategy(
    name,
    ({ random }) => new PooledStrategy(name, (slots) => new ChoicesPool(slots, choices, random)),
  );
  return name;
}
