/** One instruction as text, in the syntax of the assembler; dump, verify and debuggers share it. */

import { AFP, AIMM, AIND, AMP, AXIMM, AXINF, AXNON, AXXX, type OperandSpec, opcodes } from './isa.ts';
import type { Instruction } from './module.ts';

/** A source or destination operand of address mode 0-7; '' when absent. */
function operand(mode: number, first: number, second: number): string {
  switch (mode) {
    case AMP:
      return `${first}(mp)`;
    case AFP:
      return `${first}(fp)`;
    case AIMM:
      return `$${first}`;
    case AIND | AMP:
      return `${second}(${first}(mp))`;
    case AIND | AFP:
      return `${second}(${first}(fp))`;
    default:
      return '';
  }
}

function middle(mode: number, value: number): string {
  switch (mode) {
    case AXNON:
      return '';
    case AXIMM:
      return `$${value}`;
    case AXINF:
      return `${value}(fp)`;
    default:
      return `${value}(mp)`;
  }
}

/** Whether exactly the operands that the opcode needs, and none that it has not, are there. */
export function isWellFormed(i: Instruction): boolean {
  const o = opcodes[i.op];
  if (o === undefined) return false;
  return (
    agrees(o.src, ((i.mode >> 3) & 7) !== AXXX) &&
    agrees(o.mid, (i.mode & 0xc0) !== AXNON) &&
    agrees(o.dst, (i.mode & 7) !== AXXX)
  );
}

function agrees(spec: OperandSpec, present: boolean): boolean {
  return present ? spec.kind !== 'none' : spec.optional;
}

/**
 * "movw\t$1,40(fp)". Operands come in the order source, middle, destination. An instruction that lacks one that it
 * needs, or has one too many, is written with all three, `_` for those that are absent.
 */
export function instructionText(i: Instruction): string {
  const name = opcodes[i.op]?.name ?? `op${i.op}`;
  const all = [
    operand((i.mode >> 3) & 7, i.src, i.src2),
    middle(i.mode & 0xc0, i.mid),
    operand(i.mode & 7, i.dst, i.dst2),
  ];
  const texts = isWellFormed(i) ? all.filter((t) => t !== '') : all.map((t) => t || '_');
  return texts.length === 0 ? name : `${name}\t${texts.join(',')}`;
}

const escapes: Readonly<Record<number, string>> = {
  0: '\\z',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A quoted string. Bytes that are not UTF-8, and control characters without a name, become \xHH, a byte each. */
export function quote(utf8: Uint8Array): string {
  let text: string | undefined;
  try {
    text = decoder.decode(utf8);
  } catch {
    // not UTF-8: every byte on its own
  }
  const chars = text === undefined ? Array.from(utf8) : Array.from(text, (ch) => ch.codePointAt(0)!);
  const hex = (c: number): string => `\\x${c.toString(16).padStart(2, '0')}`;
  const limit = text === undefined ? 0x7f : Number.POSITIVE_INFINITY;
  return `"${chars
    .map((c) => escapes[c] ?? (c < 0x20 || c === 0x7f || c > limit ? hex(c) : String.fromCodePoint(c)))
    .join('')}"`;
}
