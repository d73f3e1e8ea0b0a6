export { GgufError } from './errors.ts';
export type { GgufModel } from './model.ts';
export { type Gguf, type GgufTensor, readGguf } from './reader.ts';
export type { GgufArray, GgufValue, GgufValueType } from './types.ts';
