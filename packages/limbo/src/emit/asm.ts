import { opcodes } from '@llambo/dis/object';
import type { Node } from '../ast/node.ts';
import { arrayTable } from '../check/labels.ts';
import { type Inst, Marker, Mode } from '../codegen/instruction.ts';
import type { CompiledModule } from '../codegen/module.ts';
import { formatReal } from '../optimise/real.ts';
import { signatureOf } from '../signature/signature.ts';
import { align } from '../types/layout.ts';
import { type Decl, Kind, Store } from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import { realBits } from './bits.ts';
import { handlers, linkName } from './object.ts';

function hex(v: number, width = 0): string {
  return (v >>> 0).toString(16).padStart(width, '0');
}

function operandText(mode: number, reg: number, off: number, d: Decl | null): string {
  switch (mode) {
    case Mode.Imm:
    case Mode.Pc:
    case Mode.Desc:
      return `$${off}`;
    case Mode.Off:
      return `$${d!.iface!.offset}`;
    case Mode.Fp:
      return `${reg}(fp)`;
    case Mode.FpInd:
      return `${off}(${reg}(fp))`;
    case Mode.Mp:
      return `${reg}(mp)`;
    case Mode.MpInd:
      return `${off}(${reg}(mp))`;
    case Mode.Ldt:
      return `$${reg}`;
    default:
      return '';
  }
}

function instructionText(i: Inst): string {
  const operands = [
    operandText(i.sm, i.sreg, i.soff, i.sdecl),
    operandText(i.mm, i.mreg, i.moff, i.mdecl),
    operandText(i.dm, i.dreg, i.doff, i.ddecl),
  ].filter((s) => s !== '');
  return `\t${opcodes[i.op]!.name}\t${operands.join(',')}\n`;
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\0': '\\z', '"': '\\"', '\\': '\\\\' };

function stringItem(offset: number, s: string): string {
  return `\tstring\t@mp+${offset},"${s.replace(/[\n\0"\\]/g, (c) => escapes[c]!)}"\n`;
}

function words(offset: number, values: readonly (number | bigint)[]): string {
  return `\tword\t@mp+${offset},${values.join(',')}\n`;
}

/** The initial value of a global. */
function initial(offset: number, n: Node): string {
  const t = n.ty;
  switch (t.kind) {
    case Kind.Byte:
      return `\tbyte\t@mp+${offset},${n.val & 0xff}\n`;
    case Kind.Int:
    case Kind.Fix:
      return words(offset, [n.val]);
    case Kind.Big:
      return `\tlong\t@mp+${offset},${n.big} # ${BigInt.asUintN(64, n.big).toString(16).padStart(16, '0')}\n`;
    case Kind.String:
      return stringItem(offset, n.str);
    case Kind.Real: {
      const [high, low] = realBits(n.val);
      return `\treal\t@mp+${offset},${formatReal(n.val)} # ${hex(high, 8)}${hex(low, 8)}\n`;
    }
    case Kind.Adt:
    case Kind.AdtPick:
    case Kind.Tuple:
      return n.list!.map((e, i) => initial(offset + t.ids[i]!.offset, e)).join('');
    case Kind.Any:
      return '';
    case Kind.Case:
    case Kind.CaseBig:
    case Kind.CaseString:
    case Kind.Goto:
      return table(offset, n);
    case Kind.Array:
      return array(offset, n);
    default:
      throw new InternalError(`initial value of kind ${t.kind}`);
  }
}

function table(offset: number, n: Node): string {
  const t = n.ty;
  const c = t.cases!;
  const wild = c.wildInst === null ? -1 : c.wildInst.pc;
  if (t.kind === Kind.Goto) {
    const to = c.labels.map((l) => l.inst!.pc);
    return words(offset, [t.size / 4 - 1, ...to, ...(c.wildInst === null ? [] : [wild])]);
  }
  if (t.kind !== Kind.CaseString) {
    const big = t.kind === Kind.CaseBig;
    const entries = c.labels.flatMap((l) => [
      big ? l.start.big : l.start.val,
      big ? l.stop.big + 1n : (l.stop.val + 1) | 0,
      l.inst!.pc,
    ]);
    return words(offset, [c.labels.length, ...entries, wild]);
  }
  let text = words(offset, [c.labels.length]);
  let at = offset + 4;
  for (const l of c.labels) {
    text += stringItem(at, l.start.str);
    if (l.stop !== l.start) text += stringItem(at + 4, l.stop.str);
    text += words(at + 8, [l.inst!.pc]);
    at += 12;
  }
  return text + words(at, [wild]);
}

function array(offset: number, n: Node): string {
  const of = n.ty.tof!;
  let text = `\tarray\t@mp+${offset},$${of.decl!.desc!.id},${n.left!.val}\n`;
  if (n.list === null) return text;
  text += `\tindir\t@mp+${offset},0\n`;
  const c = arrayTable(n);
  const wild = c.wild === null ? null : (c.wild as Node).right!;
  let last = 0;
  for (const l of c.labels) {
    if (wild !== null) for (; last < l.start.val; last++) text += initial(of.size * last, wild);
    last = l.start.val;
    for (; last <= l.stop.val; last++) text += initial(of.size * last, (l.node as Node).right!);
  }
  if (wild !== null) for (; last < n.left!.val; last++) text += initial(of.size * last, wild);
  return `${text}\tapop\n`;
}

/** A compiled module as assembler, asm(1). */
export function assembler(u: Unit, m: CompiledModule, sourcePath: string): string {
  const out: string[] = [];
  for (let i: Inst | null = m.first; i !== null; i = i.next) {
    if (i.op === Marker) continue;
    if (i.pc % 10 === 0) out.push(`#${i.pc}\n`);
    out.push(instructionText(i));
  }
  if (m.entry !== null) out.push(`\tentry\t${m.entry.pc!.pc}, ${m.entry.desc!.id}\n`);
  for (const d of m.descriptors) {
    out.push(`\tdesc\t$${d.id},${d.size},"${Array.from(d.map, (b) => hex(b, 2)).join('')}"\n`);
  }
  out.push(`\tvar\t@mp,${m.dataSize}\n`);
  for (const d of m.globals)
    if (d.store === Store.Global && d.init !== null) out.push(initial(d.offset, d.init));
  out.push(`\tmodule\t${m.module.sym!.name}\n`);
  for (const d of m.module.ty.tof!.ids) {
    const sig = hex(signatureOf(u, d));
    if (d.store === Store.Global) out.push(`\tlink\t-1,-1,0x${sig},".mp"\n`);
    else out.push(`\tlink\t${d.desc!.id},${d.pc!.pc},0x${sig},"${linkName(d)}"\n`);
  }
  out.push(`\tldts\t@ldt,${m.imports.length}\n`);
  for (const d of m.imports) out.push(importTable(u, d));
  out.push(exceptionText(u, m));
  out.push(`\tsource\t"${sourcePath}"\n`);
  return out.join('');
}

function importTable(u: Unit, d: Decl): string {
  if (d.init === null) return '';
  let offset = d.offset;
  let text = `\tword\t@ldt+${offset},${d.init.val}\n`;
  offset += 4;
  for (const f of d.ty.ids) {
    offset = align(offset, 4);
    const name = linkName(f);
    text += `\text\t@ldt+${offset},0x${hex(signatureOf(u, f))},"${name}"\n`;
    offset += name.length + 1 + 4;
  }
  return text;
}

function exceptionText(u: Unit, m: CompiledModule): string {
  if (u.code.ranges.length === 0) return '';
  let text = `\texceptions\t${u.code.ranges.length}\n`;
  for (const h of handlers(u, m)) {
    text += `\texception\t${h.pc1}, ${h.pc2}, ${h.offset}, ${h.type}, ${h.cases.length}, ${h.exceptions}\n`;
    for (const c of h.cases) text += `\texctab\t"${c.name}", ${c.pc}\n`;
    text += `\texctab\t*, ${h.wildcard}\n`;
  }
  return text;
}
