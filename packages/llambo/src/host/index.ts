export type { EngineTarget } from './engine-link.ts';
export { startHost } from './host.ts';
export type {
  EngineOptions,
  Host,
  HostModel,
  HostOptions,
  LaunchEngine,
  RunningEngine,
  WorkerSpec,
} from './types.ts';
