import type { AutoscaleController } from '../autoscaler/index.ts';
import type { Fleet } from '../fleet.ts';
import type { ClusterNode } from '../node.ts';

/** What commands act on. */
export interface Control {
  readonly fleet: Fleet;
  readonly autoscaler: AutoscaleController;
  drain(node: ClusterNode): void;
  resume(node: ClusterNode): void;
  setStrategy(name: string): void;
  /** The autoscaler is set otherwise now. */
  autoscaled(): void;
  /** What is wanted, as ctl lines. */
  checkpoint(): string;
  /** Writes the state; says where. */
  save(): Promise<string>;
  /** Begins to end the cluster; returns at once. */
  shutdown(): void;
}
