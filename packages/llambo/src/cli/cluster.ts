import { Orchestrator } from '../cluster/orchestrator.ts';
import type { Config } from '../config/schema.ts';
import { type Gateway, startGateway } from '../gateway/server.ts';
import { clearRunning, writeRunning } from './state.ts';

/** A cluster in this process: orchestrator, engines and gateway. */
export interface Running {
  readonly orchestrator: Orchestrator;
  readonly url: string;
  stop(): Promise<void>;
}

/** @param register lets the other commands of this home find it */
export async function startCluster(
  config: Config,
  { register = false }: { register?: boolean } = {},
): Promise<Running> {
  const orchestrator = await Orchestrator.start(config);
  let gateway: Gateway;
  try {
    gateway = await startGateway(orchestrator, config.listen.http);
  } catch (error) {
    await orchestrator.stop();
    throw error;
  }
  if (register) writeRunning({ pid: process.pid, url: gateway.url, startedAt: orchestrator.startedAt });
  return {
    orchestrator,
    url: gateway.url,
    async stop() {
      if (register) clearRunning(process.pid);
      await orchestrator.stop();
      await gateway.close();
    },
  };
}
