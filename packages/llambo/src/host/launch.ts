/** How engines are started: in a process of their own, or here when nothing can crash and nobody else needs to reach it. */
import { EchoEngine } from '@llambo/llama';
import { launchEngine } from '../engine/launch.ts';
import { engineServer } from '../engine/server.ts';
import type { LaunchEngine } from './types.ts';

/** @param local engines without a model run in this process */
export function usualLaunch(local: boolean, log: (text: string) => void): LaunchEngine {
  return async (options, exited) => {
    if (local && options.kind === 'echo') {
      const engine = new EchoEngine(options);
      return { target: engineServer(engine), close: () => engine.close() };
    }
    const engine = await launchEngine({
      ...options,
      exited,
      log: (line) => log(`engine ${options.name}: ${line}`),
    });
    return { target: engine.address, pid: engine.pid, close: () => engine.close() };
  };
}
