import type { ClassSignals, SignalSource } from './autoscaler/index.ts';
import type { Fleet } from './fleet.ts';
import type { ClusterNode } from './node.ts';

export interface SignalMeters {
  /** Requests that wait for a node of the class, or for any of its model. */
  waiting(nodeClass: string): number;
  tokensPerSecond(nodeClass: string): number;
  firstTokenMs(): number;
}

const serves = ({ state }: ClusterNode): boolean =>
  state === 'idle' || state === 'busy' || state === 'probation';

/** What the autoscaler sees of the nodes that there are. */
export function autoscaleSignals(fleet: Fleet, meters: SignalMeters): SignalSource {
  return {
    *read(): Iterable<ClassSignals> {
      const classes = new Map(
        [...fleet.classes].map(([name, { count }]) => [
          name,
          { ready: 0, leaving: 0, busy: 0, slots: 0, count },
        ]),
      );
      for (const node of fleet.nodes.values()) {
        const ofClass = classes.get(node.class);
        if (ofClass === undefined) continue;
        if (node.state === 'draining') ofClass.leaving++;
        ofClass.slots = node.capacity;
        if (!serves(node)) continue;
        ofClass.ready++;
        ofClass.busy += node.load;
      }
      for (const [name, { ready, leaving, busy, slots, count }] of classes) {
        yield {
          class: name,
          ready,
          // Nodes in error count as well: they are being brought back, and others would come too late.
          starting: Math.max(0, count - ready - leaving),
          slots: Math.max(1, slots),
          busy,
          waiting: meters.waiting(name),
          tokensPerSecond: meters.tokensPerSecond(name),
          firstTokenMs: meters.firstTokenMs(),
        };
      }
    },
    *nodes(nodeClass) {
      for (const node of fleet.nodes.values()) if (node.class === nodeClass && serves(node)) yield node;
    },
  };
}
