export { type CatalogueModel, catalogue, defaultModel, type ModelClass, type PipPart } from './catalogue.ts';
export { ModelStoreError, type ModelStoreErrorCode, type Tried } from './errors.ts';
export type { HfFile } from './name.ts';
export type { OnProgress, PullPhase, PullProgress } from './progress.ts';
export { type ProgressOptions, progressRenderer } from './render.ts';
export type { HttpOptions } from './sources/http.ts';
export {
  defaultHome,
  type ListedModel,
  type Model,
  type ModelState,
  ModelStore,
  type ModelStoreOptions,
  type PullOptions,
} from './store.ts';
