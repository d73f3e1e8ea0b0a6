export { type Answer, collect } from '@llambo/llama';
export type {
  AnswerSink,
  Assignment,
  Inference,
  InferenceFinish,
  InferenceRequest,
} from './cluster/inference.ts';
export { Orchestrator, type OrchestratorOptions } from './cluster/orchestrator.ts';
export type { ClassStatus, ClusterStatus } from './cluster/status.ts';
export { loadConfig, parseConfig } from './config/load.ts';
export type { Config } from './config/schema.ts';
export { LlamboError, type LlamboErrorCode } from './errors.ts';
export { gatewayApp } from './gateway/app.ts';
export { type Gateway, startGateway } from './gateway/server.ts';
