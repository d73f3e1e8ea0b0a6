import { type Policy, type PolicyOptions, percent, type Signals, utilization, type Wish } from './policy.ts';
import { SampleWindow } from './window.ts';

const SYNC_MS = 15_000;
const TOLERANCE = 0.1;
const STABILIZATION_MS = 300_000;

/**
 * The rule of the Kubernetes HorizontalPodAutoscaler with its published defaults: desired = ceil(current x metric /
 * target), tolerance 10 %, every 15 s; up at most the larger of 100 % and 4 pods a period; down to the most desired of
 * the last 300 s. A reference to compare with.
 */
export class HpaPolicy implements Policy {
  readonly name = 'hpa';
  readonly #target: number;
  readonly #desired = new SampleWindow(STABILIZATION_MS);
  #last: { at: number; wish: Wish } | undefined;

  constructor({ target = 0.65 }: PolicyOptions) {
    this.#target = target;
  }

  decide(signals: Signals): Wish {
    const { now, ready, starting, waiting } = signals;
    const current = ready + starting;
    if (this.#last !== undefined && now - this.#last.at < SYNC_MS) {
      return { want: this.#last.wish.want, why: 'between two syncs' };
    }
    // It never scales from zero by itself; here a waiting request does, for otherwise nothing would.
    const used = utilization(signals);
    const ratio = current === 0 ? (waiting > 0 ? 1 : 0) : (used / this.#target) * (ready / current);
    let desired =
      current === 0 ? ratio : Math.abs(ratio - 1) <= TOLERANCE ? current : Math.ceil(current * ratio);
    desired = Math.min(desired, Math.max(current * 2, current + 4));
    this.#desired.add(now, desired);
    const want = desired < current ? Math.min(current, this.#desired.max()) : desired;
    const wish = {
      want,
      why: `utilization ${percent(used)} of target ${percent(this.#target)}: desired ${desired}`,
    };
    this.#last = { at: now, wish };
    return wish;
  }
}
