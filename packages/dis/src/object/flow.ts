import { badInstruction, misplaced, operandSize } from './check-code.ts';
import { ObjectError } from './errors.ts';
import { AFP, AIND, AXINF, AXXX, type OperandSpec, op, opcodes, REGRET } from './isa.ts';
import type { Instruction, ObjectFile, TypeDescriptor } from './module.ts';
import { checkFrame, fits, isReference, place } from './types.ts';

/**
 * What is known on every way to an instruction: the words of the frame that hold new frames, each made by `frame` with
 * `type`, or by `mframe` with `link` (then `type` is -1). An immutable list.
 */
interface Made {
  readonly slot: number;
  readonly type: number;
  readonly link: number;
  readonly next: Made | undefined;
  /** How many there are, this one included. */
  readonly count: number;
}

/** Frames that are made at the same time, at most; compilers need a dozen. */
const madeMost = 64;
/** Instructions and map bits that all handlers together may make the verifier look at. */
const handlerWorkMost = 50_000_000;

function make(slot: number, type: number, link: number, next: Made | undefined): Made {
  return { slot, type, link, next, count: 1 + (next?.count ?? 0) };
}

const ops = {
  frame: op('frame'),
  mframe: op('mframe'),
  call: op('call'),
  spawn: op('spawn'),
  mcall: op('mcall'),
  mspawn: op('mspawn'),
  jmp: op('jmp'),
  goto: op('goto'),
  case: op('case'),
  casec: op('casec'),
  casel: op('casel'),
};
/** Instructions after which the next one is not run. */
const final: ReadonlySet<number> = new Set([
  ops.jmp,
  ops.goto,
  ops.case,
  ops.casec,
  ops.casel,
  op('ret'),
  op('exit'),
  op('raise'),
]);

const inRegisters = 'operand is in the registers';

function find(made: Made | undefined, slot: number): Made | undefined {
  for (let m = made; m; m = m.next) if (m.slot === slot) return m;
  return undefined;
}

/** Without what lies in the bytes from `at` on. */
function without(made: Made | undefined, at: number, size: number): Made | undefined {
  if (made === undefined) return undefined;
  const next = without(made.next, at, size);
  if (made.slot < at + size && at < made.slot + 4) return next;
  return next === made.next ? made : make(made.slot, made.type, made.link, next);
}

/** What both know. */
function common(a: Made | undefined, b: Made | undefined): Made | undefined {
  if (a === undefined || a === b) return a;
  const next = common(a.next, b);
  const other = find(b, a.slot);
  if (other === undefined || other.type !== a.type || other.link !== a.link) return next;
  return next === a.next ? a : make(a.slot, a.type, a.link, next);
}

/** A link operand as one number: negative ones are told apart from words of a frame by their mode. */
function linkKey(i: Instruction): number {
  return (i.mode >> 6) * 2 ** 32 + i.mid;
}

/** Words that data items put at the base of the module data, by offset; only those, and only when somebody asks. */
class Words {
  private readonly runs: { start: number; values: Int32Array }[] = [];

  constructor(file: ObjectFile) {
    let depth = 0;
    for (const item of file.data) {
      if (item.kind === 'index') depth++;
      else if (item.kind === 'restore') depth--;
      else if (item.kind === 'words' && depth === 0)
        this.runs.push({ start: item.offset, values: item.values });
    }
    this.runs.sort((a, b) => a.start - b.start);
  }

  /** 0 where no item is, as in memory. */
  at(offset: number): number {
    let low = 0;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.runs[middle]!.start <= offset) low = middle + 1;
      else high = middle;
    }
    const run = this.runs[low - 1];
    return run?.values[(offset - run.start) >> 2] ?? 0;
  }
}

class Tracer {
  private readonly file: ObjectFile;
  private readonly types: readonly TypeDescriptor[];
  private readonly words: Words;
  readonly frameOf: Int32Array;
  readonly functions = new Map<number, number>();
  private readonly made: (Made | undefined)[];
  private readonly work: number[] = [];
  private readonly data: TypeDescriptor;
  private readonly tables = new Set<string>();
  private handlerWork = 0;

  constructor(file: ObjectFile, types: readonly TypeDescriptor[]) {
    this.file = file;
    this.types = types;
    this.data = types[0] ?? { id: 0, size: 0, map: new Uint8Array() };
    this.words = new Words(file);
    this.frameOf = new Int32Array(file.code.length).fill(-1);
    this.made = new Array<Made | undefined>(file.code.length).fill(undefined);
  }

  run(): void {
    const { file } = this;
    for (const l of file.links) if (l.pc >= 0) this.start(l.pc, l.type, l.name);
    if (file.entryPc >= 0) this.start(file.entryPc, file.entryType, 'entry');
    this.drain();
    // Handlers lead to more code, and that into the ranges of more handlers.
    const done = new Set<object>();
    for (let more = true; more; ) {
      more = false;
      (file.handlers ?? []).forEach((h, n) => {
        if (!done.has(h) && this.handler(n)) {
          done.add(h);
          more = true;
        }
      });
      this.drain();
    }
    (file.handlers ?? []).forEach((_, n) => {
      this.handler(n);
    });
  }

  /** `where`: what starts it, or the number of the instruction that does. */
  private start(pc: number, type: number, where: string | number): void {
    const known = this.functions.get(pc);
    if (known !== undefined && known !== type)
      throw new ObjectError('function is started with frames of different types', place(where));
    if (known !== undefined) return;
    checkFrame(this.types, type, where);
    this.functions.set(pc, type);
    this.reach(pc, type, undefined, where);
  }

  private reach(pc: number, type: number, made: Made | undefined, where: string | number): void {
    if (pc < 0 || pc >= this.file.code.length) throw new ObjectError('runs out of the code', place(where));
    const known = this.frameOf[pc]!;
    if (known < 0) {
      this.frameOf[pc] = type;
      this.made[pc] = made;
      this.work.push(pc);
      return;
    }
    if (known !== type)
      throw new ObjectError('code is shared by functions of different frames', `instruction ${pc}`);
    const old = this.made[pc];
    const both = common(old, made);
    if (both === old) return;
    this.made[pc] = both;
    this.work.push(pc);
  }

  private drain(): void {
    for (let pc = this.work.pop(); pc !== undefined; pc = this.work.pop()) this.step(pc);
  }

  private step(pc: number): void {
    const i = this.file.code[pc]!;
    const type = this.frameOf[pc]!;
    const frame = this.types[type]!;
    const before = this.made[pc];
    const o = opcodes[i.op]!;
    const dst = i.mode & 7;
    this.checkOperand(o.src, (i.mode >> 3) & 7, i.src, i.src2, i, pc, frame, before);
    this.checkOperand(o.mid, (i.mode & 0xc0) === AXINF ? AFP : AXXX, i.mid, 0, i, pc, frame, before);
    this.checkOperand(o.dst, dst, i.dst, i.dst2, i, pc, frame, before);
    let made = before;
    if (before) {
      if (dst === AFP && o.dst.access !== 'read')
        made = without(made, i.dst, operandSize(o.dst.kind, i, this.types));
      if (o.mid.access === 'write') made = without(made, i.mid, 4);
    }
    switch (i.op) {
      case ops.frame:
        checkFrame(this.types, i.src, pc);
        if (dst === AFP) made = make(i.dst, i.src, 0, made);
        break;
      case ops.mframe:
        if (dst === AFP) made = make(i.dst, -1, linkKey(i), made);
        break;
      case ops.call:
      case ops.spawn: {
        const inner = find(made, i.src);
        if (inner === undefined || inner.type < 0)
          throw badInstruction('frame was not made for a local call', pc, i);
        this.start(i.dst, inner.type, pc);
        made = without(made, i.src, 4);
        break;
      }
      case ops.mcall:
      case ops.mspawn: {
        const inner = find(made, i.src);
        // Calls with variable arguments bring a frame of their own type, made by `frame`.
        if (inner === undefined || (inner.type < 0 && inner.link !== linkKey(i)))
          throw badInstruction('frame was not made for this function', pc, i);
        made = without(made, i.src, 4);
        break;
      }
      case ops.case:
      case ops.casec:
        this.table(pc, i, 3, 4, type);
        break;
      case ops.casel:
        this.table(pc, i, 6, 8, type);
        break;
      case ops.goto:
        this.gotoTable(i, type);
        break;
      default:
        if (o.dst.kind === 'pc') this.reach(i.dst, type, made, pc);
    }
    if (made !== undefined && made.count > madeMost) throw badInstruction('too many frames at once', pc, i);
    if (!final.has(i.op)) this.reach(pc + 1, type, made, pc);
  }

  /** The operand of a reached instruction, if it is in the frame or goes through a word of it. */
  private checkOperand(
    spec: OperandSpec,
    mode: number,
    first: number,
    second: number,
    i: Instruction,
    pc: number,
    frame: TypeDescriptor,
    made: Made | undefined,
  ): void {
    let wrong = '';
    if (mode === AFP) {
      wrong = first < REGRET ? inRegisters : misplaced(spec, i, first, frame, this.types, 'frame');
    } else if (mode === (AIND | AFP)) {
      const inner = find(made, first);
      const callee = inner && this.types[inner.type];
      if (first < REGRET) wrong = inRegisters;
      else if (first + 4 > frame.size) wrong = 'operand lies outside the frame';
      else if (inner && second < REGRET) wrong = inRegisters;
      else if (callee) wrong = misplaced(spec, i, second, callee, this.types, 'frame');
    }
    if (wrong) throw badInstruction(wrong, pc, i);
  }

  /** Whether such an instruction has led through the same table, in a function of the same frame. */
  private isDone(i: Instruction, type: number): boolean {
    const key = `${i.op} ${i.dst} ${type}`;
    if (this.tables.has(key)) return true;
    this.tables.add(key);
    return false;
  }

  /** A case table: count, then entries of `words` words with the pc after low and high, then the pc for all else. */
  private table(pc: number, i: Instruction, words: 3 | 6, start: 4 | 8, type: number): void {
    if (this.isDone(i, type)) return;
    const count = this.words.at(i.dst);
    const end = i.dst + start + count * words * 4;
    if (count < 0 || end + 4 > this.data.size)
      throw badInstruction('table lies outside the module data', pc, i);
    const step = words * 4;
    const pcAt = words === 3 ? 8 : 16;
    const isString = i.op === ops.casec;
    for (let at = i.dst + start; at < end; at += step) {
      if (isReference(this.data, at) !== isString || isReference(this.data, at + 4) !== isString)
        throw badInstruction('table is of another kind', pc, i);
      this.reach(this.words.at(at + pcAt), type, undefined, `table of instruction ${pc}`);
    }
    const otherwise = this.words.at(end);
    // Compilers write -1 where the program cannot get to.
    if (otherwise !== -1) this.reach(otherwise, type, undefined, `table of instruction ${pc}`);
  }

  /** The word before a goto table counts its entries, as compilers lay it out; without one, nothing is known of it. */
  private gotoTable(i: Instruction, type: number): void {
    if (this.isDone(i, type)) return;
    const count = i.dst >= 4 ? this.words.at(i.dst - 4) : 0;
    for (let n = 0; n < count && i.dst + n * 4 + 4 <= this.data.size; n++)
      this.reach(this.words.at(i.dst + n * 4), type, undefined, `table at ${i.dst}(mp)`);
  }

  /** Checks a handler whose range is reached, and reaches its targets; false when its range is not reached (yet). */
  private handler(n: number): boolean {
    const h = this.file.handlers![n]!;
    const where = `handler ${n}`;
    if (h.pc1 < 0 || h.pc2 > this.file.code.length || h.pc1 > h.pc2)
      throw new ObjectError('range lies outside the code', where);
    if (h.type !== -1 && this.types[h.type] === undefined)
      throw new ObjectError('no such type descriptor', where);
    this.handlerWork += h.pc2 - h.pc1 + 8 * (this.types[h.type]?.map.length ?? 0);
    if (this.handlerWork > handlerWorkMost) throw new ObjectError('handlers overlap too much', where);
    let type = -1;
    for (let pc = h.pc1; pc < h.pc2; pc++) {
      const t = this.frameOf[pc]!;
      if (t < 0 || t === type) continue;
      if (type >= 0) throw new ObjectError('range is in functions of different frames', where);
      type = t;
    }
    if (type < 0) return false;
    const frame = this.types[type]!;
    if (h.offset % 4 !== 0 || h.offset < REGRET || h.offset + 4 > frame.size || !isReference(frame, h.offset))
      throw new ObjectError('place of the exception is no reference of the frame', where);
    if (h.type !== -1 && !clears(frame, this.types[h.type]!))
      throw new ObjectError('descriptor does not fit the frame', where);
    if (h.exceptions < 0 || h.exceptions > h.cases.length)
      throw new ObjectError('more exceptions than cases', where);
    for (const c of h.cases) this.reach(c.pc, type, undefined, `${where}, ${c.name}`);
    if (h.wildcard !== -1) this.reach(h.wildcard, type, undefined, `${where}, *`);
    return true;
  }
}

/** Whether all references of `part`, laid over the frame's start, are references of the frame. */
function clears(frame: TypeDescriptor, part: TypeDescriptor): boolean {
  if (fits(frame, 0, part)) return true;
  for (let o = 0; o < part.map.length * 32; o += 4)
    if (isReference(part, o) && (o < REGRET || o + 4 > frame.size || !isReference(frame, o))) return false;
  return true;
}

/** Follows the code from all its starts; see the contract in verify.ts. */
export function trace(
  file: ObjectFile,
  types: readonly TypeDescriptor[],
): { frameOf: Int32Array; functions: readonly number[] } {
  const t = new Tracer(file, types);
  t.run();
  return { frameOf: t.frameOf, functions: [...t.functions.keys()].sort((a, b) => a - b) };
}
