import { type Policy, type PolicyOptions, percent, type Signals, type Wish } from './policy.ts';
import { SampleWindow } from './window.ts';

const STABLE_MS = 60_000;
const PANIC_MS = 6000;
/** A demand of the panic window that wants twice the nodes is a panic. */
const PANIC_FACTOR = 2;
/** Up only over this share of the slots, down to `target`: what lies between is a dead band that noise cannot cross. */
const CROWDED = 0.8;
const DOWN_AFTER_MS = 300_000;
const DOWN_SHARE = 0.1;
const DOWN_MOST = 200;
const UP_MOST = 500;

/**
 * The default. Enough nodes for the demand (busy and waiting) at 65 % of their slots: up at once when more than 80 % are in
 * demand, by the stable or the panic window, whichever wants more; down only to what was the most wanted in the last
 * 300 s, at most 10 % or 200 nodes a step, and not while a node that was asked for could still be warming up.
 */
export class TargetPolicy implements Policy {
  readonly name = 'target';
  readonly #target: number;
  readonly #predictive: boolean;
  readonly #demand = new SampleWindow(STABLE_MS);
  readonly #wanted = new SampleWindow(DOWN_AFTER_MS);
  #start = Number.NaN;
  #panicUntil = 0;
  #lastUp = Number.NEGATIVE_INFINITY;
  #lastDown = Number.NEGATIVE_INFINITY;

  constructor({ target = 0.65, predictive = false }: PolicyOptions) {
    this.#target = target;
    this.#predictive = predictive;
  }

  decide(signals: Signals): Wish {
    const { now, slots, busy, waiting, warmUpMs } = signals;
    if (Number.isNaN(this.#start)) this.#start = now;
    const nodes = signals.ready + signals.starting;
    this.#demand.add(now, busy + waiting);
    const trend = this.#predictive ? Math.max(0, this.#demand.slope() * warmUpMs) : 0;
    const demand = this.#demand.mean(now) + trend;
    const sudden = this.#demand.mean(now, PANIC_MS);
    const stable = this.#nodesFor(demand, slots);
    const panic = this.#nodesFor(sudden, slots);
    if (panic >= PANIC_FACTOR * Math.max(1, nodes)) this.#panicUntil = now + STABLE_MS;
    const want = Math.max(stable, panic);
    this.#wanted.add(now, want);
    const numbers = `demand ${busy}+${waiting}, ${slots} slots, stable ${stable}, panic ${panic}`;
    if (want > nodes) {
      const share = Math.max(demand, sudden) / Math.max(1, nodes * slots);
      if (nodes > 0 && share <= CROWDED)
        return { want: nodes, why: `${numbers}: ${percent(share)} of the slots is within the band` };
      // A step down that was too large is taken back at once when requests wait; otherwise it gets time to show.
      if (nodes > 0 && share <= 1 && now - this.#lastDown < warmUpMs)
        return { want: nodes, why: `${numbers}: no reversal within warm-up` };
      this.#lastUp = now;
      return { want: Math.min(want, nodes + UP_MOST), why: `${numbers}: up` };
    }
    const floor = this.#wanted.max();
    if (floor >= nodes) return { want: nodes, why: `${numbers}: as many were wanted within 300 s` };
    if (now - this.#start < DOWN_AFTER_MS)
      return { want: nodes, why: `${numbers}: history is shorter than 300 s` };
    if (now < this.#panicUntil) return { want: nodes, why: `${numbers}: no step down in a panic` };
    if (now - this.#lastUp < Math.max(DOWN_AFTER_MS, warmUpMs))
      return { want: nodes, why: `${numbers}: went up lately` };
    if (now - this.#lastDown < STABLE_MS)
      return { want: nodes, why: `${numbers}: the last step down has yet to show` };
    this.#lastDown = now;
    const step = Math.max(1, Math.min(DOWN_MOST, Math.floor(nodes * DOWN_SHARE)));
    return { want: Math.max(floor, nodes - step), why: `${numbers}: down` };
  }

  #nodesFor(demand: number, slots: number): number {
    return Math.ceil(demand / (slots * this.#target) - 1e-9);
  }
}
