import type { Priority } from './admission/index.ts';
import type { RouteRequest } from './balancer/index.ts';
import type { ClusterNode } from './node.ts';

/** Work that wants a node: an answer, a score, an embedding. The dispatcher finds the node; the job does the rest. */
export interface Job {
  readonly id: string;
  readonly model: string;
  readonly class: string | undefined;
  /** The one node that may do it. */
  readonly node: string | undefined;
  readonly key: string;
  readonly priority: Priority;
  /** Prompt and answer, estimated. */
  readonly tokens: number;
  /** Nodes that were asked before this one. */
  readonly attempts: number;
  /** Of those, how many in a row failed under it for nothing. */
  readonly failures: number;
  /** Nobody waits for it any more. */
  readonly over: boolean;
  /** What the balancer is to know; asked anew for each attempt. */
  route(): RouteRequest;
  /** Forgets which nodes failed, when no other can be had; false when none had failed. */
  retryAll?(): boolean;
  /** Begins on `node`, whose load counts it already. `release` is to be called once, when the node is free of it. */
  start(node: ClusterNode, release: () => void): void;
  /** No node will do it. */
  fail(error: Error): void;
}
