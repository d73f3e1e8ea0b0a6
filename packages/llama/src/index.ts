export { type Answer, collect } from './engine/collect.ts';
export { EchoEngine, type EchoOptions } from './engine/echo-engine.ts';
export type {
  Caller,
  ChatMessage,
  Chunk,
  Engine,
  EngineStatus,
  Finish,
  FinishReason,
  GenerateRequest,
  GenerateSink,
  Generation,
  ModelInfo,
  SamplingOptions,
  Score,
  ScoreRequest,
  TokenLogprob,
  Usage,
} from './engine/engine.ts';
export { JSON_OBJECT_SCHEMA, schemaToGrammar } from './engine/json-schema.ts';
export { LocalEngine, type LocalEngineOptions } from './engine/local-engine.ts';
export { LlamaError, type LlamaErrorCode } from './errors.ts';
export * from './gguf/index.ts';
export * from './store/index.ts';
