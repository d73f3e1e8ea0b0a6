import {
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
  HASEXCEPT,
  HASLDT,
  type Handler,
  type Import,
  type Instruction,
  type Link,
  MUSTCOMPILE,
  modeByte,
  type ObjectFile,
} from '@llambo/dis/object';
import { type Inst, Marker, Mode } from '../codegen/instruction.ts';
import type { CompiledModule } from '../codegen/module.ts';
import { pcAfter } from '../codegen/resolve.ts';
import { signatureOf } from '../signature/signature.ts';
import { type Decl, Kind, Store } from '../types/type.ts';
import type { Unit } from '../unit.ts';
import { dataSection } from './data.ts';

const general = new Uint8Array(10);
general[Mode.None] = AXXX;
general[Mode.Imm] = AIMM;
general[Mode.Mp] = AMP;
general[Mode.MpInd] = AMP | AIND;
general[Mode.Fp] = AFP;
general[Mode.FpInd] = AFP | AIND;
general[Mode.Pc] = AIMM;
general[Mode.Desc] = AIMM;
general[Mode.Off] = AIMM;
general[Mode.Ldt] = AIMM;

const middle = new Uint8Array(10).fill(AXIMM);
middle[Mode.None] = AXNON;
middle[Mode.Mp] = AXINM;
middle[Mode.Fp] = AXINF;

/** The first number of an operand. */
function first(mode: number, reg: number, off: number, d: Decl | null): number {
  switch (mode) {
    case Mode.Imm:
    case Mode.Pc:
    case Mode.Desc:
      return off;
    case Mode.Off:
      return d!.iface!.offset;
    case Mode.None:
      return 0;
    default:
      return reg;
  }
}

function second(mode: number, off: number): number {
  return mode === Mode.FpInd || mode === Mode.MpInd ? off : 0;
}

/** One instruction as it is encoded. */
export function encode(i: Inst): Instruction {
  return {
    op: i.op,
    mode: modeByte(middle[i.mm]!, general[i.sm]!, general[i.dm]!),
    mid: first(i.mm, i.mreg, i.moff, i.mdecl),
    src: first(i.sm, i.sreg, i.soff, i.sdecl),
    src2: second(i.sm, i.soff),
    dst: first(i.dm, i.dreg, i.doff, i.ddecl),
    dst2: second(i.dm, i.doff),
  };
}

/** The name under which a function is linked: with its adt's, if it is a method. */
export function linkName(d: Decl): string {
  const dot = d.dot;
  return dot !== null && dot.ty.kind === Kind.Adt ? `${dot.sym!.name}.${d.sym!.name}` : d.sym!.name;
}

/** Ranges that are still there after unreachable code was dropped. */
export function handlers(u: Unit, m: CompiledModule): Handler[] {
  return u.code.ranges
    .filter((r) => r.from.reach || r.to.reach)
    .map((r) => ({
      offset: r.variable.offset,
      pc1: pcAfter(m.first, r.from),
      pc2: pcAfter(m.first, r.to),
      type: r.desc === null ? -1 : r.desc.id,
      exceptions: r.table.labels.filter((l) => l.start.ty.kind === Kind.Exception).length,
      cases: r.table.labels.map((l) => ({
        name: l.start.ty.kind === Kind.Exception ? l.start.decl!.init!.str : l.start.str,
        pc: l.inst!.pc,
      })),
      wildcard: r.table.wildInst === null ? -1 : r.table.wildInst.pc,
    }));
}

export interface ObjectOptions {
  readonly mustCompile: boolean;
  readonly dontCompile: boolean;
  readonly sourcePath: string;
}

/** Longest module name in an object file. */
const MaxName = 63;

/** The object file of a compiled module. */
export function objectFile(u: Unit, m: CompiledModule, options: ObjectOptions): ObjectFile {
  const code: Instruction[] = [];
  for (let i: Inst | null = m.first; i !== null; i = i.next) if (i.op !== Marker) code.push(encode(i));
  const links: Link[] = [];
  for (const d of m.module.ty.tof!.ids) {
    if (d.store === Store.Global) links.push({ pc: -1, type: -1, sig: signatureOf(u, d), name: '.mp' });
    else links.push({ pc: d.pc!.pc, type: d.desc!.id, sig: signatureOf(u, d), name: linkName(d) });
  }
  const imports: Import[][] = [];
  for (const d of m.imports) {
    if (d.init === null) continue;
    imports.push(d.ty.ids.map((f) => ({ sig: signatureOf(u, f), name: linkName(f) })));
  }
  const guarded = u.code.ranges.length > 0;
  return {
    flags:
      HASLDT |
      (guarded ? HASEXCEPT : 0) |
      (options.mustCompile ? MUSTCOMPILE : 0) |
      (options.dontCompile ? DONTCOMPILE : 0),
    stackExtent: m.stackExtent,
    dataSize: m.dataSize,
    entryPc: m.entry === null ? -1 : m.entry.pc!.pc,
    entryType: m.entry === null ? -1 : m.entry.desc!.id,
    code,
    types: m.descriptors.map((d) => ({ id: d.id, size: d.size, map: d.map })),
    data: dataSection(m.globals),
    name: m.module.sym!.name.slice(0, MaxName),
    links,
    imports,
    ...(guarded ? { handlers: handlers(u, m) } : {}),
    source: options.sourcePath,
  };
}
