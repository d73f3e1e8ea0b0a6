/**
 * Runs every instruction form once, on a machine of its own that is thrown away.
 *
 * Why? JavaScript engines compile a hot function for what they have seen it do, and throw the code away when it does
 * something new. The interpreter is one large function, of which a program uses another part every so often: the Limbo
 * compiler, compiling itself, had it compiled 50 times over, and ran five times as long. After this it has seen everything.
 */

import type { Heap } from '../heap/heap.ts';
import { typePointer, typeWord } from '../heap/types.ts';
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
  HASLDT,
  type Kind,
  modeByte,
  type Opcode,
  opcodeNamed,
  opcodes,
} from '../object/isa.ts';
import type { Instruction, ObjectFile } from '../object/module.ts';
import type { BuiltinModule } from '../vm/builtin.ts';
import { codeOf } from '../vm/code.ts';
import type { Context } from '../vm/context.ts';
import { Machine } from '../vm/machine.ts';
import type { Process } from '../vm/process.ts';
import { cutStack, pushFrame } from '../vm/stack.ts';
import type { Engine } from './engine.ts';
import { forms } from './forms.ts';

/** Where a frame, and the module's data, have a value of each kind. */
const slots: Readonly<Partial<Record<Kind, number>>> = {
  word: 64,
  big: 72,
  real: 80,
  byte: 88,
  short: 92,
  shortreal: 92,
  string: 96,
  array: 100,
  list: 104,
  channel: 108,
  module: 112,
  pointer: 116,
  typed: 116,
  address: 120,
  frame: 124,
  block: 128,
  message: 132,
  place: 132,
  case: 200,
  casel: 224,
  casec: 280,
  goto: 300,
  alt: 320,
};
/** The same for middle operands: other values, so that branches go either way; and for sources that are moved. */
const middleSlots: Readonly<Partial<Record<Kind, number>>> = {
  word: 68,
  big: 136,
  real: 144,
  byte: 89,
  string: slots.pointer!,
};
const sourceSlots: Readonly<Partial<Record<Kind, number>>> = { pointer: slots.string! };
/** Pairs that are equal, rising and falling. */
const pairs = [
  [1, 1],
  [0, 2],
  [2, 0],
] as const;
/** A string that names the module itself, and others that come after and before it. */
const texts = ['$self', 'y', '!'] as const;
const size = 512;
/** References at 96 to 119. */
const map = Uint8Array.of(0, 0, 0, 0xfc);

const letterModes: Readonly<Record<string, number>> = {
  m: AMP,
  f: AFP,
  i: AIMM,
  x: AIND | AFP,
  y: AIND | AMP,
  '-': AXXX,
};
const middleModes: Readonly<Record<string, number>> = { m: AXINM, f: AXINF, i: AXIMM, '-': AXNON };
const immediate: ReadonlySet<Kind> = new Set(['pc', 'type', 'import', 'link', 'size']);
const tables: ReadonlySet<Kind> = new Set(['case', 'casel', 'casec', 'goto']);

/** One instruction, of which the letters are the modes of source, middle and destination; `next` is the one after it. */
function instruction(o: Opcode, letters: readonly [string, string, string], next: number): Instruction {
  const value = (kind: Kind, letter: string, other: typeof slots = slots): number => {
    if (letter === 'x' || letter === 'y') return slots.address!;
    if (letter !== 'i') return other[kind] ?? slots[kind] ?? 0;
    if (kind === 'pc') return next;
    if (kind === 'type') return o.name === 'frame' ? 3 : 2;
    if (kind === 'size') return 4;
    return kind === 'import' || kind === 'link' ? 0 : 1;
  };
  const [s, m, d] = letters;
  return {
    op: o.code,
    mode: modeByte(middleModes[m] ?? AXNON, letterModes[s]!, letterModes[d]!),
    mid: value(o.mid.kind, m, middleSlots),
    src: value(o.src.kind, s, sourceSlots),
    src2: sourceSlots[o.src.kind] ?? slots[o.src.kind] ?? 0,
    dst: value(o.dst.kind, d),
    dst2: slots[o.dst.kind] ?? 0,
  };
}

/** The letter for an operand that is wanted as `letter`, as far as its kind allows. */
function allowed(kind: Kind, letter: string, middle = false): string {
  if (kind === 'none') return '-';
  if (immediate.has(kind)) return 'i';
  if (kind === 'frame') return 'f';
  if (tables.has(kind)) return 'm';
  return middle && (letter === 'x' || letter === 'y') ? 'm' : letter;
}

/** An instruction to run, and whether it has several ways to go: common forms do, and all that compare or move references. */
interface Start {
  readonly pc: number;
  readonly varies: boolean;
}

function program(): { object: ObjectFile; starts: Start[] } {
  const code: Instruction[] = [];
  const starts: Start[] = [];
  const plain = (name: string): Instruction => instruction(opcodeNamed.get(name)!, ['-', '-', '-'], 0);
  // Instruction 0 is a function that returns.
  code.push(plain('ret'));
  const add = (o: Opcode, letters: readonly [string, string, string], form = false): void => {
    const compares = o.dst.kind === 'pc' && o.mid.kind !== 'none';
    const moves = ['pointer', 'list', 'frame'].includes(o.src.kind) || o.dst.kind === 'pointer';
    starts.push({ pc: code.length, varies: form || compares || moves });
    // Calls go to the function, branches to the next instruction.
    const target = o.name === 'call' || o.name === 'spawn' ? 0 : code.length + 1;
    code.push(instruction(o, letters, target), plain('exit'));
  };
  for (const form of forms.keys()) {
    const [name, ...given] = form.split(' ');
    const o = opcodeNamed.get(name!);
    if (o === undefined) continue;
    const branch = o.dst.kind === 'pc' && o.mid.kind !== 'none';
    const letters = [o.src, o.mid, o.dst].map((spec) =>
      spec.kind === 'none' ? '-' : branch && spec === o.dst ? 'i' : given.shift()!,
    );
    add(o, letters as [string, string, string], true);
  }
  const general = (o: Opcode, letter: string): void => {
    const middle = allowed(o.mid.kind, letter, true);
    add(o, [allowed(o.src.kind, letter), middle, allowed(o.dst.kind, letter)]);
  };
  for (const o of opcodes) general(o, 'm');
  // What resolves operands is the same for all.
  for (const letter of ['f', 'x', 'y'])
    for (const name of ['subb', 'divw', 'new']) general(opcodeNamed.get(name)!, letter);
  // Frames until the chunk of the stack is full.
  const frame = instruction(opcodeNamed.get('frame')!, ['i', '-', 'f'], 0);
  starts.push({ pc: code.length, varies: true });
  for (let i = 0; i < 20; i++) code.push(frame);
  code.push(plain('exit'));
  // A loop, until the turn is over.
  starts.push({ pc: code.length, varies: true });
  code.push(instruction(opcodeNamed.get('jmp')!, ['-', '-', 'i'], code.length));
  for (const o of ['movb', 'addb', 'shlw', 'indx', 'movw']) {
    add(opcodeNamed.get(o)!, [o === 'indx' ? 'm' : 'i', o === 'indx' ? 'f' : 'i', 'm']);
  }
  const object: ObjectFile = {
    flags: HASLDT,
    stackExtent: 0,
    dataSize: size,
    entryPc: 0,
    entryType: 1,
    code,
    types: [
      { id: 0, size, map },
      { id: 1, size, map },
      { id: 2, size: 4, map: Uint8Array.of(0x80) },
      { id: 3, size: 40, map: Uint8Array.of(0, 0x80) },
    ],
    data: [],
    name: 'Train',
    links: [{ pc: 0, type: 1, sig: 0, name: 'f' }],
    imports: [[{ sig: 0, name: 'f' }]],
  };
  return { object, starts };
}

const nobody: Context = {
  user: '',
  spawn: () => nobody,
  exit: () => {},
  load: () => {
    throw new Error('no files');
  },
};

const builtin: BuiltinModule = {
  name: '$Train',
  functions: [{ name: 'f', signature: 0, size, map: '000000fc', run: () => {} }],
};

/** Puts values into the slots at `at`; `data` is where indirect operands lead. */
function fill(heap: Heap, at: number, data: number, module: number, variant: number): void {
  const set = (kind: Kind, value: number): void => heap.setWord(at + slots[kind]!, value);
  const put = (kind: Kind, pointer: number): void => heap.setPointer(at + slots[kind]!, pointer);
  const [first, second] = pairs[variant % 3]!;
  set('word', first);
  heap.setWord(at + middleSlots.word!, second);
  heap.setBig(at + slots.big!, BigInt(first));
  heap.setBig(at + middleSlots.big!, BigInt(second));
  heap.setReal(at + slots.real!, first);
  heap.setReal(at + middleSlots.real!, second);
  heap.setByte(at + slots.byte!, first);
  heap.setByte(at + middleSlots.byte!, second);
  set('short', 1);
  put('string', heap.newString('$self'));
  put('array', heap.newArray(typeWord, 4));
  const list = heap.cons(typePointer, heap.cons(typePointer, 0));
  heap.setPointer(heap.listData(list), heap.newString('x'));
  put('list', list);
  put('channel', heap.newChannel(typeWord, 4));
  heap.setWord(heap.pointer(at + slots.channel!) + 8, 2);
  put('module', heap.retain(module));
  put('pointer', heap.newString(texts[variant % 3]!));
  set('address', data);
  // References to what lives on, or nil.
  for (let i = 96; i < 120; i += 4) heap.setWord(heap.pointer(at + i) - 8, 1 << 20);
  if (variant === 4) for (const i of [slots.pointer!, slots.string!]) heap.setWord(at + i, 0);
  if (variant === 5) heap.setWord(at + slots.pointer!, 0);
}

export function train(engine: Engine): void {
  const { object, starts } = program();
  const code = codeOf(object);
  const machine = new Machine({ memory: 4 << 20, engine, builtins: [builtin], processes: 4 });
  const { heap } = machine;
  const self = machine.loader.link('/train', code, object.imports![0]);
  const outside = machine.loader.linkBuiltin(builtin, object.imports![0]!);
  const p: Process = machine.start(code, '/train', nobody, 'f', () => {});
  const { fp, mp, linkage } = p;
  for (let variant = 0; variant < 6; variant++) {
    const module = variant % 2 === 0 ? self : outside;
    const image = heap.newObject(code.types[0]!);
    fill(heap, image, mp, module, variant);
    for (const { pc, varies } of starts) {
      if (variant > 0 && !varies) continue;
      cutStack(heap, p, fp);
      const frame = pushFrame(heap, p, code.types[variant < 3 ? 1 : 3]!);
      for (const at of [fp, mp]) {
        heap.u8.copyWithin(at + 64, image + 64, image + 160);
        heap.setWord(at + slots.frame!, frame);
        if (variant < 3) heap.setWord(at + slots.pointer!, heap.newString(texts[variant]!));
      }
      heap.setWord(heap.pointer(image + slots.channel!) + 8, 2);
      // Tables, with one entry or none.
      heap.i32.fill(0, (mp + 200) >> 2, (mp + 400) >> 2);
      for (const at of [204, 232, 284, 300, 304]) heap.setWord(mp + at, pc + 1);
      heap.setWord(mp + slots.alt! + 4, 1);
      heap.setWord(mp + slots.alt! + 8, heap.pointer(mp + slots.channel!));
      heap.setWord(mp + slots.alt! + 12, mp + slots.message!);
      for (const at of [fp, mp]) heap.u8.copyWithin(at + slots.alt!, mp + slots.alt!, mp + slots.alt! + 16);
      p.fp = fp;
      p.pc = pc;
      p.linkage = linkage;
      p.code = code;
      p.mp = mp;
      p.fault = undefined;
      engine.run(machine, p, 64);
      machine.channels.cancel(p);
    }
  }
}
