import {
  Ebaddata,
  Ebadmagic,
  Ebadmode,
  Ebadname,
  Ebadopcode,
  Eimplausible,
  Eobsolete,
  Etruncated,
  ObjectError,
} from './errors.ts';
import { AFP, AIMM, AIND, AMP, AXXX, HASEXCEPT, HASLDT, HASLDT0, MAXDIS, SMAGIC, XMAGIC } from './isa.ts';
import type { DataItem, Handler, Import, Instruction, Link, ObjectFile, TypeDescriptor } from './module.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Walks the bytes of a file. Every step checks that the bytes are there, so no count in the file is trusted. */
class Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  fail(message: string): never {
    throw new ObjectError(message, `at byte ${this.at}`);
  }

  need(count: number): void {
    if (count > this.bytes.length - this.at) this.fail(Etruncated);
  }

  byte(): number {
    if (this.at >= this.bytes.length) this.fail(Etruncated);
    return this.bytes[this.at++]!;
  }

  /** The compact integer of dis(6): 7, 14 or 30 bits, signed. */
  operand(): number {
    const c = this.byte();
    if (c < 0x40) return c;
    if (c < 0x80) return c - 0x80;
    if (c < 0xc0) return ((((c & 0x3f) << 26) >> 26) << 8) | this.byte();
    this.need(3);
    const v = this.view.getUint32(this.at - 1) << 2;
    this.at += 3;
    return v >> 2;
  }

  word(): number {
    this.need(4);
    this.at += 4;
    return this.view.getInt32(this.at - 4);
  }

  /** A count of things of at least `least` bytes each: more than the file can hold is refused before anything is allocated. */
  count(least: number): number {
    const n = this.operand();
    if (n < 0 || n * least > this.left) this.fail(Eimplausible);
    return n;
  }

  slice(count: number): Uint8Array {
    this.need(count);
    this.at += count;
    return this.bytes.slice(this.at - count, this.at);
  }

  string(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) this.fail(Etruncated);
    const text = this.decode(this.bytes.subarray(this.at, end));
    this.at = end + 1;
    return text;
  }

  decode(bytes: Uint8Array): string {
    try {
      return utf8.decode(bytes);
    } catch {
      return this.fail(Ebadname);
    }
  }
}

function instruction(c: Cursor): Instruction {
  const op = c.byte();
  const mode = c.byte();
  if (op >= MAXDIS) c.fail(Ebadopcode);
  const i: Instruction = { op, mode, mid: 0, src: 0, src2: 0, dst: 0, dst2: 0 };
  const sm = (mode >> 3) & 7;
  const dm = mode & 7;
  if (mode >= 0x40) i.mid = c.operand();
  if (sm !== AXXX) {
    if (sm > (AIND | AFP)) c.fail(Ebadmode);
    i.src = c.operand();
    if (sm & AIND) i.src2 = c.operand();
  }
  if (dm !== AXXX) {
    if (dm > (AIND | AFP)) c.fail(Ebadmode);
    i.dst = c.operand();
    if (dm & AIND) i.dst2 = c.operand();
  }
  return i;
}

function typeDescriptor(c: Cursor, count: number): TypeDescriptor {
  const id = c.operand();
  const size = c.operand();
  if (id < 0 || id >= count || size < 0) c.fail(Eimplausible);
  return { id, size, map: c.slice(c.count(1)) };
}

function dataItem(c: Cursor, control: number): DataItem {
  let count = control & 15;
  if (count === 0) count = c.operand();
  const offset = c.operand();
  if (count < 0) c.fail(Eimplausible);
  switch (control >> 4) {
    case 1:
      return { kind: 'bytes', offset, values: c.slice(count) };
    case 2: {
      c.need(count * 4);
      const values = new Int32Array(count);
      for (let i = 0; i < count; i++) values[i] = c.word();
      return { kind: 'words', offset, values };
    }
    case 3:
      return { kind: 'string', offset, utf8: c.slice(count) };
    case 4: // bits are copied, not converted: a NaN keeps its payload
      return { kind: 'reals', offset, values: new Float64Array(longs(c, count).buffer) };
    case 5:
      return { kind: 'array', offset, type: c.word(), length: c.word() };
    case 6:
      return { kind: 'index', offset, index: c.word() };
    case 7:
      return { kind: 'restore', offset };
    case 8:
      return { kind: 'bigs', offset, values: longs(c, count) };
    default:
      return c.fail(Ebaddata);
  }
}

function longs(c: Cursor, count: number): BigInt64Array<ArrayBuffer> {
  c.need(count * 8);
  const values = new BigInt64Array(count);
  for (let i = 0; i < count; i++, c.at += 8) values[i] = c.view.getBigInt64(c.at);
  return values;
}

function handler(c: Cursor): Handler {
  const offset = c.operand();
  const pc1 = c.operand();
  const pc2 = c.operand();
  const type = c.operand();
  const n = c.operand();
  const cases: { name: string; pc: number }[] = [];
  for (let i = n & 0xffff; i > 0; i--) cases.push({ name: c.string(), pc: c.operand() });
  return { offset, pc1, pc2, type, exceptions: n >> 16, cases, wildcard: c.operand() };
}

function list<T>(count: number, item: () => T): T[] {
  const all: T[] = [];
  for (let i = 0; i < count; i++) all.push(item());
  return all;
}

/**
 * Reads an object file, dis(6). Checks that the file is whole and well formed, not that it can run: that is `verify`.
 * Memory used is in proportion to the file, whatever its counts say. Throws ObjectError.
 */
export function read(bytes: Uint8Array): ObjectFile {
  const c = new Cursor(bytes);
  // Anything shorter than a magic number is some other file, not a damaged module.
  const magic = bytes.length < 4 ? 0 : c.operand();
  if (magic !== XMAGIC && magic !== SMAGIC) throw new ObjectError(Ebadmagic);
  const signature = magic === SMAGIC ? c.slice(c.count(1)) : undefined;
  const flags = c.operand();
  const stackExtent = c.operand();
  const codeSize = c.count(2);
  const dataSize = c.operand();
  const typeSize = c.count(3);
  const linkSize = c.count(7);
  const entryPc = c.operand();
  const entryType = c.operand();
  if (dataSize < 0) c.fail(Eimplausible);
  if (flags & HASLDT0) throw new ObjectError(Eobsolete);

  const code = list(codeSize, () => instruction(c));
  const types = list(typeSize, () => typeDescriptor(c, typeSize));
  const data: DataItem[] = [];
  for (let control = c.byte(); control !== 0; control = c.byte()) data.push(dataItem(c, control));
  const name = c.string();
  const links: Link[] = list(linkSize, () => ({
    pc: c.operand(),
    type: c.operand(),
    sig: c.word(),
    name: c.string(),
  }));

  const file: ObjectFile = {
    flags,
    stackExtent,
    dataSize,
    entryPc,
    entryType,
    code,
    types,
    data,
    name,
    links,
  };
  if (signature) file.signature = signature;
  if (flags & HASLDT) {
    file.imports = list(c.count(1), () =>
      list(c.count(5), (): Import => ({ sig: c.word(), name: c.string() })),
    );
    c.byte();
  }
  if (flags & HASEXCEPT) {
    file.handlers = list(c.count(6), () => handler(c));
    c.byte();
  }
  if (c.left > 0) file.source = c.string();
  return file;
}

/** Whether an operand of these address mode bits (0-7) is present, and how many encoded integers it has. */
export function operandCount(mode: number): 0 | 1 | 2 {
  if (mode === AXXX) return 0;
  return mode === AMP || mode === AFP || mode === AIMM ? 1 : 2;
}
