import { AIND, type Instruction, type ObjectFile } from '../object/index.ts';
import { type Address, type BuiltinModule, type Call, defineType } from '../vm/builtin.ts';
import { builtin, type Functions } from './module.ts';

/** Name, hash of the type, size of the frame and its pointer map. */
const loaderInterface = `
compile 0x9af56bb1 40 0080
dnew 0x62a7cf80 40 0040
ext 0xcd936c80 48 0080
ifetch 0xfb64be19 40 0080
link 0xe2473595 40 0080
newmod 0x6de26f71 56 0098
tdesc 0xb933ef75 40 0080
tnew 0xc1d58785 48 00a0
`;

/** op and addr at 0 and 1, src, mid and dst from 4. */
const typeInst = defineType(16, '00');
/** size and map. */
const typeTypedesc = defineType(8, '40');
/** name, sig, pc and tdesc. */
const typeLink = defineType(16, '80');

/** What a module reference at 32 was loaded from; undefined for nil, and for what is built in. */
function objectOf(call: Call): ObjectFile | undefined {
  const object = call.machine.linkage(call.pointer(32))?.object as Partial<ObjectFile> | undefined;
  return object?.code === undefined ? undefined : (object as ObjectFile);
}

/** A new array of `type`, filled item by item at multiples of `size`; nil when there is nothing to look at. */
function returnArray<T>(
  call: Call,
  type: number,
  size: number,
  items: readonly T[] | undefined,
  put: (at: Address, item: T) => void,
): void {
  const { heap } = call;
  call.returnPointer(0);
  if (items === undefined) return;
  const array = heap.newArray(type, items.length);
  // The result owns the array from here on: it goes with it, should memory run out.
  call.returnPointer(array);
  items.forEach((item, i) => {
    put(heap.arrayData(array) + i * size, item);
  });
}

/** Both offsets of a double indirection in one word, the inner one below. */
function operandWord(mode: number, first: number, second: number): number {
  return mode < 6 && mode & AIND ? (first & 0xffff) | (second << 16) : first;
}

const functions: Functions = {
  ifetch(call) {
    const { heap } = call;
    returnArray(call, typeInst, 16, objectOf(call)?.code, (at, i: Instruction) => {
      heap.setByte(at, i.op);
      heap.setByte(at + 1, i.mode);
      heap.setWord(at + 4, operandWord((i.mode >> 3) & 7, i.src, i.src2));
      heap.setWord(at + 8, i.mid);
      heap.setWord(at + 12, operandWord(i.mode & 7, i.dst, i.dst2));
    });
  },
  tdesc(call) {
    const { heap } = call;
    const types = objectOf(call)?.types.toSorted((a, b) => a.id - b.id);
    returnArray(call, typeTypedesc, 8, types, (at, t) => {
      heap.setWord(at, t.size);
      if (t.map.length > 0) heap.setPointer(at + 4, heap.newBytes(t.map));
    });
  },
  /** Exported functions, the last one first. */
  link(call) {
    const { heap } = call;
    returnArray(call, typeLink, 16, objectOf(call)?.links.toReversed(), (at, l) => {
      heap.setPointer(at, heap.newString(l.name));
      heap.setWord(at + 4, l.sig);
      heap.setWord(at + 8, l.pc);
      heap.setWord(at + 12, l.type);
    });
  },
  // Modules are not made of instructions at run time, nor compiled on demand.
  newmod: givesNil,
  dnew: givesNil,
  tnew: givesMinusOne,
  ext: givesMinusOne,
  compile: givesMinusOne,
};

function givesNil(call: Call): void {
  call.process.errstr = 'not supported';
  call.returnPointer(0);
}

function givesMinusOne(call: Call): void {
  call.process.errstr = 'not supported';
  call.returnWord(-1);
}

/** The Loader module, loader(2): looks at modules. Making new ones answers "not supported". */
export const loaderModule: BuiltinModule = builtin('$Loader', loaderInterface, functions);
