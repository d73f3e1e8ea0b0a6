/** What a module reference stands for: a module's functions as one `load` expression sees them. */

import type { TypeId } from '../heap/types.ts';
import type { BuiltinFunction, BuiltinModule } from './builtin.ts';
import type { Code } from './code.ts';

export class Linkage {
  readonly name: string;
  readonly path: string;
  /** One of the two is present. */
  readonly code: Code | undefined;
  readonly builtin: BuiltinModule | undefined;
  /** By index in the import list: instruction numbers, types of frames and their sizes; built-in functions. */
  readonly pcs: Int32Array;
  readonly frames: Int32Array;
  readonly functions: readonly BuiltinFunction[];

  constructor(
    name: string,
    path: string,
    code: Code | undefined,
    builtin: BuiltinModule | undefined,
    pcs: Int32Array,
    frames: Int32Array,
    functions: readonly BuiltinFunction[],
  ) {
    this.name = name;
    this.path = path;
    this.code = code;
    this.builtin = builtin;
    this.pcs = pcs;
    this.frames = frames;
    this.functions = functions;
  }

  /** The object file as read. */
  get object(): unknown {
    return this.code?.object;
  }

  get types(): readonly TypeId[] {
    return this.code?.types ?? [];
  }
}
