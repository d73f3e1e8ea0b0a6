/** What the gateway asks of the orchestrator beyond inference, in one place: the rest of the gateway knows only this. */
import type { FileServer } from '@llambo/styx';
import type { Orchestrator } from '../../cluster/orchestrator.ts';
import { LlamboError } from '../../errors.ts';

/** A machine of the cluster. */
export interface HostStatus {
  readonly name: string;
  readonly address?: string;
  readonly state: string;
  readonly [attribute: string]: unknown;
}

export interface ScaleRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly class: string;
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

/** Members that an orchestrator may have; which it has depends on how it runs its nodes. */
interface Steering {
  execute?(line: string, by?: string): Promise<string>;
  hosts?(): readonly HostStatus[];
  fileServer?(): FileServer;
  decisions?(): { readonly balancer?: readonly unknown[]; readonly autoscaler?: readonly unknown[] };
}

/** One ctl line. @throws LlamboError `bad-request` with the reason */
export async function execute(orchestrator: Orchestrator, line: string, by: string): Promise<string> {
  const text = line.trim();
  if (text === '' || /[\r\n]/.test(text))
    throw new LlamboError('bad-request', 'ctl takes one command a request');
  const steering = orchestrator as unknown as Steering;
  if (steering.execute !== undefined) return steering.execute(text, by);
  const [verb, name, ...rest] = text.split(/\s+/);
  if (verb === 'strategy' && name !== undefined && rest.length === 0) {
    orchestrator.setStrategy(name);
    return `strategy is ${name}`;
  }
  throw new LlamboError(
    'bad-request',
    `ctl command ${verb} is not known to this cluster; commands: strategy NAME`,
  );
}

export function hostsOf(orchestrator: Orchestrator): readonly HostStatus[] {
  return (orchestrator as unknown as Steering).hosts?.() ?? [];
}

/** The tree that the cluster serves; undefined when it serves none. */
export function fileServerOf(orchestrator: Orchestrator): FileServer | undefined {
  return (orchestrator as unknown as Steering).fileServer?.();
}

/** What balancer and autoscaler decided lately, as far as the orchestrator keeps it. */
export function decisionsOf(orchestrator: Orchestrator): {
  balancer: readonly unknown[] | undefined;
  autoscaler: readonly ScaleRecord[];
} {
  const { balancer, autoscaler = [] } = (orchestrator as unknown as Steering).decisions?.() ?? {};
  return {
    balancer,
    autoscaler: autoscaler.map((decision) => scaleRecord(decision as Record<string, unknown>)),
  };
}

const scaleRecord = ({ group, ...decision }: Record<string, unknown>): ScaleRecord =>
  ({ class: group, ...decision }) as unknown as ScaleRecord;

/** Nodes that the cluster may have. */
export function maximumOf(orchestrator: Orchestrator): number {
  const { maximum } = orchestrator.status() as { maximum?: number };
  if (typeof maximum === 'number') return maximum;
  const configured = Object.values(orchestrator.config.classes).reduce(
    (sum, { count, ...options }) => sum + ((options as { maximum?: number }).maximum ?? count),
    0,
  );
  return Math.max(configured, orchestrator.nodes.length);
}
