import { HASEXCEPT, HASLDT } from './isa.ts';
import type { DataItem, ObjectFile } from './module.ts';
import { instructionText, quote } from './text.ts';

const encoder = new TextEncoder();
const quoted = (s: string): string => quote(encoder.encode(s));
const hex = (v: number): string => `0x${(v >>> 0).toString(16)}`;

function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** A real that `assemble` reads back to the same bits. */
function real(v: number, bits: bigint): string {
  if (Number.isNaN(v)) return `NaN(0x${BigInt.asUintN(64, bits).toString(16)})`;
  if (Object.is(v, -0)) return '-0.0';
  return String(v);
}

function dataItem(item: DataItem): string {
  const at = `@mp+${item.offset}`;
  switch (item.kind) {
    case 'bytes':
      return `byte\t${at},${item.values.join(',')}`;
    case 'words':
      return `word\t${at},${item.values.join(',')}`;
    case 'bigs':
      return `long\t${at},${item.values.join(',')}`;
    case 'reals': {
      const bits = new BigInt64Array(item.values.buffer, item.values.byteOffset, item.values.length);
      return `real\t${at},${Array.from(item.values, (v, i) => real(v, bits[i]!)).join(',')}`;
    }
    case 'string':
      return `string\t${at},${quote(item.utf8)}`;
    case 'array':
      return `array\t${at},$${item.type},${item.length}`;
    case 'index':
      return `indir\t${at},${item.index}`;
    case 'restore':
      return item.offset === 0 ? 'apop' : `apop\t${at}`;
  }
}

/** Flags that the assembler gives to a module unasked. */
export function impliedFlags(handlers: number | undefined): number {
  return HASLDT | (handlers === undefined ? 0 : HASEXCEPT);
}

/** A stack extent that goes without saying. */
export const defaultStackExtent = 1024;

/**
 * An object file in assembler, asm(1) with the directives `flags`, `stack` and `signature` for what it cannot say;
 * those appear only when they are needed. `assemble` makes the same object file of it again. Never throws: what is
 * dumped need not be valid.
 */
export function dump(file: ObjectFile): string {
  const out: string[] = [];
  const line = (text: string): void => {
    out.push(`\t${text}`);
  };
  file.code.forEach((i, pc) => {
    if (pc % 10 === 0) out.push(`#${pc}`);
    line(instructionText(i));
  });
  if (file.signature) line(`signature\t"${hexBytes(file.signature)}"`);
  if (file.flags !== impliedFlags(file.handlers?.length)) line(`flags\t${hex(file.flags)}`);
  if (file.stackExtent !== defaultStackExtent) line(`stack\t${file.stackExtent}`);
  if (file.entryPc !== -1 || file.entryType !== -1) line(`entry\t${file.entryPc},${file.entryType}`);
  for (const t of file.types) line(`desc\t$${t.id},${t.size},"${hexBytes(t.map)}"`);
  if (file.dataSize > 0) line(`var\t@mp,${file.dataSize}`);
  for (const item of file.data) line(dataItem(item));
  line(`module\t${/^[A-Za-z_][A-Za-z0-9_]*$/.test(file.name) ? file.name : quoted(file.name)}`);
  for (const l of file.links) line(`link\t${l.type},${l.pc},${hex(l.sig)},${quoted(l.name)}`);
  if (file.imports) {
    line(`ldts\t@ldt,${file.imports.length}`);
    let offset = 0;
    for (const functions of file.imports) {
      line(`word\t@ldt+${offset},${functions.length}`);
      offset += 4;
      for (const f of functions) {
        line(`ext\t@ldt+${offset},${hex(f.sig)},${quoted(f.name)}`);
        offset += (4 + encoder.encode(f.name).length + 1 + 3) & ~3;
      }
    }
  }
  if (file.handlers) {
    line(`exceptions\t${file.handlers.length}`);
    for (const h of file.handlers) {
      line(`exception\t${h.pc1},${h.pc2},${h.offset},${h.type},${h.cases.length},${h.exceptions}`);
      for (const c of h.cases) line(`exctab\t${quoted(c.name)},${c.pc}`);
      line(`exctab\t*,${h.wildcard}`);
    }
  }
  if (file.source !== undefined) line(`source\t${quoted(file.source)}`);
  return `${out.join('\n')}\n`;
}
