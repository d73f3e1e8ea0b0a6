/** What the parts of the gateway share. */
import type { Orchestrator } from '../cluster/orchestrator.ts';
import type { KeyStore } from '../keys/index.ts';
import { ClusterMetrics } from '../metrics/cluster-metrics.ts';
import { Tracer } from '../metrics/tracer.ts';
import { watchCluster } from '../metrics/watch.ts';
import { Authenticator } from './auth.ts';
import { Observer } from './cluster/observer.ts';
import { ReplayBuffers } from './replay.ts';
import { Spools } from './spool.ts';

export interface GatewayOptions {
  /** API keys; none: everybody who reaches the gateway may do everything. */
  readonly keys?: KeyStore;
  /** Origins of other web pages that may use the API, `*` for all. Default: none. */
  readonly origins?: readonly string[];
  /** Folder with the built dashboard. Default: the one of packages/dashboard, when it is there. */
  readonly dashboard?: string;
  /** Folder that keeps streams over the end of this process; default: they end with it. */
  readonly spool?: string;
}

export interface Services {
  readonly orchestrator: Orchestrator;
  readonly auth: Authenticator;
  readonly metrics: ClusterMetrics;
  readonly observer: Observer;
  /** Undefined: nobody collects traces. */
  readonly tracer: Tracer | undefined;
  readonly replays: ReplayBuffers;
  readonly spools: Spools | undefined;
  readonly dashboard: string | undefined;
  close(): void;
}

export function createServices(
  orchestrator: Orchestrator,
  options: GatewayOptions & { readonly secured?: boolean } = {},
): Services {
  const observer = new Observer(orchestrator);
  const metrics = new ClusterMetrics();
  const unwatch = watchCluster(metrics.registry, orchestrator);
  orchestrator.metrics = () => metrics.registry.render();
  const tracer = Tracer.fromEnvironment();
  const replays = new ReplayBuffers();
  return {
    orchestrator,
    auth: new Authenticator(options),
    metrics,
    observer,
    tracer,
    replays,
    spools: options.spool === undefined ? undefined : new Spools(options.spool),
    dashboard: options.dashboard,
    close() {
      unwatch();
      observer.close();
      void tracer?.close();
      replays.close();
    },
  };
}
