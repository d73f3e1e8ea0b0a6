/** The Dis object format, `@llambo/dis/object`: read, write, verify, assembler and the instruction set. No machine, no dependencies. */

export { assemble } from './asm.ts';
export { dump } from './dump.ts';
export { ObjectError } from './errors.ts';
export type { Access, Kind, Opcode, OperandSpec } from './isa.ts';
export {
  AFP,
  AIMM,
  AIND,
  AMP,
  AXIMM,
  AXINF,
  AXINM,
  AXNON,
  AXXX,
  DONTCOMPILE,
  DTemp,
  DYNMOD,
  HASEXCEPT,
  HASLDT,
  HASLDT0,
  MAXDIS,
  MaxTemp,
  MUSTCOMPILE,
  modeByte,
  op,
  opcodeNamed,
  opcodes,
  REGFRAME,
  REGLINK,
  REGMOD,
  REGRET,
  REGTYP,
  RTemp,
  SHAREMP,
  SMAGIC,
  STemp,
  XMAGIC,
} from './isa.ts';
export type {
  DataItem,
  Handler,
  Import,
  Instruction,
  Link,
  ObjectFile,
  TypeDescriptor,
} from './module.ts';
export { DADEPTH } from './module.ts';
export { read } from './reader.ts';
export { instructionText } from './text.ts';
export type { Verified } from './verify.ts';
export { verify } from './verify.ts';
export { write } from './writer.ts';
