import { StyxError } from '@llambo/styx';

export const badRequest = (what: string): StyxError => new StyxError(`bad-request: ${what}`);

export const noWorker = (id: string): StyxError => new StyxError(`unknown-node: no worker ${id} here`);

export const exists = (id: string): StyxError => badRequest(`worker ${id} exists already`);

export const noEngine = (model: string): StyxError =>
  new StyxError(`unknown-model: no engine of model ${model} here; start it with engine model=${model}`);

export const tooMany = (limit: number): StyxError =>
  new StyxError(`overloaded: ${limit} programs run here already`);

export const tooManyFiles = (limit: number): StyxError =>
  new StyxError(`overloaded: ${limit} files of the engine are open already`);
