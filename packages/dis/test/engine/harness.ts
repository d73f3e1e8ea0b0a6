/** Runs a few lines of assembler on a machine, with named places in the module's data for what goes in and comes out. */

import type { Engine } from '../../src/engine/engine.ts';
import { typeArray, typeList, typeSize, typeString, typeWord as wordType } from '../../src/heap/types.ts';
import { assemble } from '../../src/object/asm.ts';
import { write } from '../../src/object/index.ts';
import type { BuiltinModule } from '../../src/vm/builtin.ts';
import { codeFrom } from '../../src/vm/code.ts';
import type { Context } from '../../src/vm/context.ts';
import { Machine, type MachineOptions } from '../../src/vm/machine.ts';

/**
 * Places in the module's data, laid out by descriptor 0: p0..p3 references at 0, w0..w3 words at 16, l0..l3 bigs at 32,
 * f0..f3 reals at 64, b0..b3 bytes at 96, a0..a3 words for addresses at 112. The frame has the same places under the same
 * names with an F before: Fp0..Fp3 at 32, Fw0.. at 48, Fl0.. at 64, Ff0.. at 96, Fb0.. at 128, Fa0.. at 144.
 */
const places: Readonly<Record<string, number>> = { p: 0, w: 16, l: 32, f: 64, b: 96, a: 112 };
const sizes: Readonly<Record<string, number>> = { p: 4, w: 4, l: 8, f: 8, b: 1, a: 4 };
const frameAt = 32;

function offset(name: string): number {
  const kind = name[0]!;
  return places[kind]! + sizes[kind]! * Number(name[1]);
}

/** Replaces the names of places by operands. */
export function expand(code: string): string {
  return code
    .replace(/"[^"]*"|\b(F?)([pwlfba][0-3])\b/g, (all, f: string, name?: string) =>
      name === undefined ? all : f ? `${offset(name) + frameAt}(fp)` : `${offset(name)}(mp)`,
    )
    .replace(/;/g, '\n');
}

const descriptors = `
  desc $1,192,"00f0"
  desc $2,4,""
  desc $3,1,""
  desc $4,8,""
  desc $5,4,"80"
  desc $6,8,"80"
  desc $7,16,"c0"
  desc $8,8,"c0"
  var @mp,256
`;

export type Value = number | bigint | string | null | readonly (number | string | null)[];

export interface Case {
  /** Instructions; `;` separates them. The harness ends the program with `ret`. */
  readonly code: string;
  /** Further directives and functions, after that `ret`. */
  readonly more?: string;
  /** Pointer map of the module's data, whose bytes from 128 to 255 are free for tables. */
  readonly map?: string;
  /** What places hold before, and are to hold after: numbers, strings, null for nil, lists and arrays of words. */
  readonly before?: Readonly<Record<string, Value>>;
  readonly after?: Readonly<Record<string, Value>>;
  /** The exception that ends the program; none when left out. */
  readonly why?: string;
  readonly builtins?: readonly BuiltinModule[];
  readonly options?: MachineOptions;
}

export interface Result {
  readonly machine: Machine;
  /** Exception of the first process. */
  readonly why: string | undefined;
  readonly printed: string;
  /** Address of the module's data, which is kept. */
  readonly data: number;
  value(place: string): Value;
}

export const nowhere: Context = {
  user: 'none',
  spawn: () => nowhere,
  exit: () => {},
  load: (path) => {
    throw new Error(`'${path}' file does not exist`);
  },
};

export function program(c: Case): string {
  // Never reached: a word that only 32-bit code has, lest the file be taken for one of 64-bit words.
  const tail = 'movw $0,52(fp)\n ret';
  return `${expand(c.code)}\n ret\n${tail}\n${expand(c.more ?? '')}\n entry 0,1\ndesc $0,256,"${c.map ?? 'f0'}"\n${descriptors}\n module Test\n link 1,0,0x4244b354,"init"\n`;
}

export function execute(c: Case, engine: Engine): Result {
  let why: string | undefined;
  let printed = '';
  const machine = new Machine({
    memory: 1 << 20,
    engine,
    builtins: c.builtins ?? [],
    print: (text) => {
      printed += text;
    },
    ended: (p, reason) => {
      if (p.pid === 1) why = reason;
    },
    ...c.options,
  });
  const code = codeFrom(write(assemble(program(c))));
  const p = machine.start(code, '/test.dis', nowhere, 'init', () => {});
  const { heap } = machine;
  heap.retain(p.linkage);
  const data = p.mp;
  const at = (name: string): number =>
    name.startsWith('F') ? p.fp + frameAt + offset(name.slice(1)) : data + offset(name);
  for (const [name, value] of Object.entries(c.before ?? {}))
    store(machine, at(name), name.replace('F', ''), value);
  machine.run(performance.now() + 5000);
  return { machine, why, printed, data, value: (name) => fetch(machine, at(name), name) };
}

function store(machine: Machine, at: number, name: string, value: Value): void {
  const { heap } = machine;
  switch (name[0]) {
    case 'p':
      if (typeof value === 'string') heap.setPointer(at, heap.newString(value));
      else if (Array.isArray(value)) {
        const array = heap.newArray(wordType, value.length);
        for (const [i, v] of value.entries()) heap.setWord(heap.arrayData(array) + 4 * i, v as number);
        heap.setPointer(at, array);
      }
      return;
    case 'l':
      heap.setBig(at, BigInt(value as bigint));
      return;
    case 'f':
      heap.setReal(at, value as number);
      return;
    case 'b':
      heap.setByte(at, value as number);
      return;
    default:
      heap.setWord(at, value as number);
  }
}

function fetch(machine: Machine, at: number, name: string): Value {
  const { heap } = machine;
  switch (name[0]) {
    case 'p': {
      const p = heap.word(at);
      if (p === 0) return null;
      const type = heap.typeOf(p);
      if (type === typeString) return heap.string(p);
      if (type === typeArray) {
        const size = typeSize(heap.arrayElement(p));
        const read = (a: number): number =>
          size === 1 ? heap.byte(a) : size === 8 ? heap.real(a) : heap.word(a);
        return Array.from({ length: heap.arrayLength(p) }, (_, i) => read(heap.arrayData(p) + i * size));
      }
      if (type === typeList) {
        const words: number[] = [];
        for (let l = p; l !== 0; l = heap.listTail(l)) words.push(heap.word(heap.listData(l)));
        return words;
      }
      return heap.word(p);
    }
    case 'l':
      return heap.big(at);
    case 'f':
      return heap.real(at);
    case 'b':
      return heap.byte(at);
    default:
      return heap.word(at);
  }
}
