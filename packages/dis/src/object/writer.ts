import { Eopsize, ObjectError } from './errors.ts';
import { HASEXCEPT, HASLDT, SMAGIC, XMAGIC } from './isa.ts';
import type { DataItem, Instruction, ObjectFile } from './module.ts';
import { operandCount } from './reader.ts';

const utf8 = new TextEncoder();

/** The control byte's type field for each kind of data item, dis(6). */
const controls = {
  bytes: 1,
  words: 2,
  string: 3,
  reals: 4,
  array: 5,
  index: 6,
  restore: 7,
  bigs: 8,
} as const;

class Output {
  bytes = new Uint8Array(4096);
  view = new DataView(this.bytes.buffer);
  at = 0;

  room(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  byte(v: number): void {
    this.room(1);
    this.bytes[this.at++] = v;
  }

  /** The shortest of the three forms, as compilers write it. */
  operand(v: number): void {
    this.room(4);
    if (v >= -64 && v <= 63) this.bytes[this.at++] = v & 0x7f;
    else if (v >= -8192 && v <= 8191) {
      this.view.setUint16(this.at, (v & 0x3fff) | 0x8000);
      this.at += 2;
    } else if (v >= -(2 ** 29) && v < 2 ** 29) {
      this.view.setInt32(this.at, v | 0xc0000000);
      this.at += 4;
    } else throw new ObjectError(Eopsize, String(v));
  }

  word(v: number): void {
    this.room(4);
    this.view.setInt32(this.at, v);
    this.at += 4;
  }

  blob(v: Uint8Array): void {
    this.room(v.length);
    this.bytes.set(v, this.at);
    this.at += v.length;
  }

  string(v: string): void {
    this.blob(utf8.encode(v));
    this.byte(0);
  }
}

function instruction(o: Output, i: Instruction): void {
  o.byte(i.op);
  o.byte(i.mode);
  if (i.mode >= 0x40) o.operand(i.mid);
  const src = operandCount((i.mode >> 3) & 7);
  if (src > 0) o.operand(i.src);
  if (src > 1) o.operand(i.src2);
  const dst = operandCount(i.mode & 7);
  if (dst > 0) o.operand(i.dst);
  if (dst > 1) o.operand(i.dst2);
}

function dataItem(o: Output, item: DataItem): void {
  // Array, index and restore items carry a count too: compilers write 1 and nobody reads it.
  const count = 'values' in item ? item.values.length : 'utf8' in item ? item.utf8.length : 1;
  const control = controls[item.kind] << 4;
  if (count > 0 && count < 16) o.byte(control | count);
  else {
    o.byte(control);
    o.operand(count);
  }
  o.operand(item.offset);
  switch (item.kind) {
    case 'bytes':
      o.blob(item.values);
      break;
    case 'words':
      for (const v of item.values) o.word(v);
      break;
    case 'string':
      o.blob(item.utf8);
      break;
    case 'reals':
    case 'bigs': {
      const { buffer, byteOffset, length } = item.values;
      o.room(length * 8);
      for (const v of new BigInt64Array(buffer, byteOffset, length)) {
        o.view.setBigInt64(o.at, v);
        o.at += 8;
      }
      break;
    }
    case 'array':
      o.word(item.type);
      o.word(item.length);
      break;
    case 'index':
      o.word(item.index);
      break;
    case 'restore':
      break;
  }
}

/**
 * The bytes of an object file, dis(6), integers in their shortest form: what `read` took from a compiler comes back
 * byte for byte. `imports` and `handlers` are written when HASLDT and HASEXCEPT say so. Throws ObjectError when a
 * number does not fit.
 */
export function write(file: ObjectFile): Uint8Array {
  const o = new Output();
  if (file.signature) {
    o.operand(SMAGIC);
    o.operand(file.signature.length);
    o.blob(file.signature);
  } else o.operand(XMAGIC);
  o.operand(file.flags);
  o.operand(file.stackExtent);
  o.operand(file.code.length);
  o.operand(file.dataSize);
  o.operand(file.types.length);
  o.operand(file.links.length);
  o.operand(file.entryPc);
  o.operand(file.entryType);
  for (const i of file.code) instruction(o, i);
  for (const t of file.types) {
    o.operand(t.id);
    o.operand(t.size);
    o.operand(t.map.length);
    o.blob(t.map);
  }
  for (const item of file.data) dataItem(o, item);
  o.byte(0);
  o.string(file.name);
  for (const l of file.links) {
    o.operand(l.pc);
    o.operand(l.type);
    o.word(l.sig);
    o.string(l.name);
  }
  if (file.flags & HASLDT) {
    const imports = file.imports ?? [];
    o.operand(imports.length);
    for (const functions of imports) {
      o.operand(functions.length);
      for (const f of functions) {
        o.word(f.sig);
        o.string(f.name);
      }
    }
    o.byte(0);
  }
  if (file.flags & HASEXCEPT) {
    const handlers = file.handlers ?? [];
    o.operand(handlers.length);
    for (const h of handlers) {
      o.operand(h.offset);
      o.operand(h.pc1);
      o.operand(h.pc2);
      o.operand(h.type);
      o.operand(h.cases.length | (h.exceptions << 16));
      for (const c of h.cases) {
        o.string(c.name);
        o.operand(c.pc);
      }
      o.operand(h.wildcard);
    }
    o.byte(0);
  }
  if (file.source !== undefined) o.string(file.source);
  return o.bytes.slice(0, o.at);
}
