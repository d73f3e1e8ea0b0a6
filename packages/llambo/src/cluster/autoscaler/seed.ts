import { type Policy, percent, type Signals, utilization, type Wish } from './policy.ts';

/** As the seed draws it: over 80 % busy 500 nodes more, under 20 % 200 fewer, whatever the cluster's size. */
export class SeedPolicy implements Policy {
  readonly name = 'seed';

  decide(signals: Signals): Wish {
    const nodes = signals.ready + signals.starting;
    const used = utilization(signals);
    // One step at a time: what was asked for must serve before its effect can be seen.
    if (signals.starting > 0) return { want: nodes, why: `${signals.starting} nodes are starting` };
    if (used > 0.8) return { want: nodes + 500, why: `utilization ${percent(used)} > 80%: +500` };
    if (used < 0.2)
      return { want: Math.max(0, nodes - 200), why: `utilization ${percent(used)} < 20%: -200` };
    return { want: nodes, why: `utilization ${percent(used)} is within 20% to 80%` };
  }
}
