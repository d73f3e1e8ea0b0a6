/** A real cluster with the echo engine behind the real gateway: what the page is made for. */
import { type Gateway, Orchestrator, type OrchestratorOptions, parseConfig, startGateway } from 'llambo';

export interface Cluster {
  readonly orchestrator: Orchestrator;
  readonly url: string;
  /** Ends the gateway and starts another at the same address. */
  restart(between?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export interface ClusterOptions {
  readonly classes?: string;
  readonly orchestrator?: OrchestratorOptions;
  readonly gateway?: Parameters<typeof startGateway>[2];
}

const CLASSES = `
  tiny: { count: 12, model: echo-tiny, cpu: 0.1, capacity: 2 }
  medium: { count: 4, model: echo-medium, cpu: 1, capacity: 4 }
  large: { count: 2, model: echo-large, cpu: 4, capacity: 8 }
`;

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const config = parseConfig(`engine: { kind: echo }\nclasses:${options.classes ?? CLASSES}`);
  const orchestrator = await Orchestrator.start(config, options.orchestrator);
  let gateway: Gateway = await startGateway(orchestrator, '127.0.0.1:0', options.gateway);
  const { url } = gateway;
  return {
    orchestrator,
    url,
    async restart(between) {
      await gateway.close();
      await between?.();
      gateway = await startGateway(orchestrator, new URL(url).host, options.gateway);
    },
    async close() {
      await gateway.close();
      await orchestrator.stop();
    },
  };
}
