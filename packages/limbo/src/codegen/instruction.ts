import { op } from '@llambo/dis/object';
import type { Node } from '../ast/node.ts';
import type { CaseTable, Decl, Desc } from '../types/type.ts';

/** Address modes of an operand before offsets are known. */
export const Mode = {
  None: 0,
  Imm: 1,
  Mp: 2,
  MpInd: 3,
  Fp: 4,
  FpInd: 5,
  /** The first instruction of a function. */
  Pc: 6,
  /** A type descriptor. */
  Desc: 7,
  /** The index of a function in a module's link table. */
  Off: 8,
  /** The index of an import table. */
  Ldt: 9,
} as const;

/** Markers, not instructions: where a handler's range and its arms begin. Gone once code is reached through them. */
export const Nop = 0;
export const Guard = 1000;
export const Handlers = 1001;
export const Marker = 1002;

/** An instruction whose operands are still declarations. `reg` counts from fp or mp, `off` from what is found there. */
export class Inst {
  op: number = Nop;
  start = -1;
  stop = -1;
  /** Characters by which the source span is longer than from start to stop. */
  pad = 0;
  pc = 0;
  reach = false;
  sm = 0;
  mm = 0;
  dm = 0;
  sreg = 0;
  soff = 0;
  sdecl: Decl | null = null;
  mreg = 0;
  moff = 0;
  mdecl: Decl | null = null;
  dreg = 0;
  doff = 0;
  ddecl: Decl | null = null;
  branch: Inst | null = null;
  next: Inst | null = null;
  /** Number of the innermost block, for the symbol file. */
  block = 0;
  /** Where a table or handler goes. */
  table: CaseTable | null = null;

  copyFrom(i: Inst): void {
    this.op = i.op;
    this.start = i.start;
    this.stop = i.stop;
    this.pad = i.pad;
    this.sm = i.sm;
    this.mm = i.mm;
    this.dm = i.dm;
    this.sreg = i.sreg;
    this.soff = i.soff;
    this.sdecl = i.sdecl;
    this.mreg = i.mreg;
    this.moff = i.moff;
    this.mdecl = i.mdecl;
    this.dreg = i.dreg;
    this.doff = i.doff;
    this.ddecl = i.ddecl;
    this.branch = i.branch;
    this.block = i.block;
    this.table = i.table;
  }
}

/** A range of instructions with its handlers. */
export interface ExceptionRange {
  readonly from: Inst;
  readonly to: Inst;
  readonly table: CaseTable;
  /** Where the exception is put. */
  readonly variable: Decl;
  /** Pointers to clear before a handler runs: names, the last first. */
  zero: Node[];
  desc: Desc | null;
}

/** A statement that break and continue leave or go on with. */
export interface Target {
  readonly label: Node | object | null;
  breaks: Inst | null;
  /** undefined: continue does not stop here. */
  continues: Inst | null | undefined;
  /** How many scopes are open around it. */
  readonly scopes: number;
}

/** Code of a module in the making. */
export interface ModuleCode {
  first: Inst;
  last: Inst;
  block: number;
  readonly blockStack: number[];
  blocks: number;
  readonly ranges: ExceptionRange[];
  /** Largest frame that is called. */
  maxStack: number;
  /** Temporaries of the function, small and large, the latest last. */
  small: Decl[];
  large: Decl[];
  /** Temporaries to free at the end of the statement. */
  later: Node[];
  /** Where results of functions go. */
  readonly result: Decl;
  readonly targets: Target[];
  /** Open blocks, for leaving them. */
  readonly scopes: object[];
}

const named = [
  'alt',
  'nbalt',
  'goto',
  'call',
  'frame',
  'spawn',
  'load',
  'mcall',
  'mspawn',
  'mframe',
  'ret',
  'jmp',
  'case',
  'exit',
  'new',
  'newa',
  'send',
  'recv',
  'lea',
  'indx',
  'indw',
  'indf',
  'indb',
  'indl',
  'movw',
  'movb',
  'movpc',
  'subw',
  'insc',
  'lenc',
  'lena',
  'lenl',
  'bltw',
  'bgtw',
  'slicea',
  'slicela',
  'slicec',
  'tail',
  'raise',
  'casec',
  'casel',
  'mulx',
  'divx',
] as const;

/** Opcodes that the compiler uses by name. */
export const I: Readonly<Record<(typeof named)[number], number>> = Object.fromEntries(
  named.map((name) => [name, op(name)]),
) as Record<(typeof named)[number], number>;
