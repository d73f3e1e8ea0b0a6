/**
 * An object file in memory: what dis(6) describes, section by section, and nothing that a machine adds. `read` makes
 * it from bytes, `write` makes bytes of it, `dump` and `assemble` the same for text, `verify` says whether it can run.
 */

/** One instruction as it is encoded. Operands that `mode` says are absent are 0. */
export interface Instruction {
  op: number;
  /** Address modes of the three operands, see `modeByte` in isa.ts. */
  mode: number;
  /** Immediate value or offset of the middle operand. */
  mid: number;
  /** Immediate value or offset of the source; with AIND the offset from the register. */
  src: number;
  /** With AIND: the offset from the address found at `src`. */
  src2: number;
  dst: number;
  dst2: number;
}

/** A type descriptor: `size` bytes, with a reference in each word whose bit in `map` is set, highest bit first. */
export interface TypeDescriptor {
  id: number;
  size: number;
  map: Uint8Array;
}

/** An item of the data section; `offset` is relative to the base that `index` and `restore` items move. */
export type DataItem =
  | { readonly kind: 'bytes'; readonly offset: number; readonly values: Uint8Array }
  | { readonly kind: 'words'; readonly offset: number; readonly values: Int32Array }
  | { readonly kind: 'bigs'; readonly offset: number; readonly values: BigInt64Array }
  | { readonly kind: 'reals'; readonly offset: number; readonly values: Float64Array }
  /** A string in UTF-8, as encoded in the file. */
  | { readonly kind: 'string'; readonly offset: number; readonly utf8: Uint8Array }
  /** A new array of `length` elements of type descriptor `type`. */
  | { readonly kind: 'array'; readonly offset: number; readonly type: number; readonly length: number }
  /** Makes element `index` of the array whose reference is at `offset` the base, until the matching `restore`. */
  | { readonly kind: 'index'; readonly offset: number; readonly index: number }
  | { readonly kind: 'restore'; readonly offset: number };

/** How deep `index` items nest. */
export const DADEPTH = 4;

/** An exported function; or the module's data under the name `.mp`, with pc and type -1. */
export interface Link {
  readonly pc: number;
  /** Type descriptor of the frame; -1: none. */
  readonly type: number;
  /** Hash of the function's type, 32 bits signed. */
  readonly sig: number;
  readonly name: string;
}

/** A function that this module expects of a module that it loads. */
export interface Import {
  readonly sig: number;
  readonly name: string;
}

/** Exception handler: covers instructions from pc1 up to, not including, pc2. */
export interface Handler {
  /** Where in the frame the exception's value is left. */
  readonly offset: number;
  readonly pc1: number;
  readonly pc2: number;
  /** Descriptor of the part of the frame to clear before the handler runs; -1: none. */
  readonly type: number;
  /** How many of `cases`, from the first on, are exceptions declared in Limbo (`exception(...)`); the rest are strings. */
  readonly exceptions: number;
  readonly cases: readonly { readonly name: string; readonly pc: number }[];
  /** Where any other exception goes; -1: on to the caller. */
  readonly wildcard: number;
}

export interface ObjectFile {
  /** Present in signed modules (SMAGIC). */
  signature?: Uint8Array;
  /** MUSTCOMPILE, HASLDT, ... or-ed. */
  flags: number;
  /** Bytes by which a stack grows that runs out in this module. */
  stackExtent: number;
  /** Bytes of module data, addressed from mp; laid out by type descriptor 0. */
  dataSize: number;
  /** Where the module starts and the type of that frame; -1 when it has no entry. */
  entryPc: number;
  entryType: number;
  code: Instruction[];
  types: TypeDescriptor[];
  data: DataItem[];
  name: string;
  links: Link[];
  /** One list a `load` expression; present exactly with HASLDT. */
  imports?: Import[][];
  /** Present exactly with HASEXCEPT. */
  handlers?: Handler[];
  /** Path of the source file; newer compilers append it. */
  source?: string;
}
