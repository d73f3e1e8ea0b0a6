import type { Dir } from '@llambo/styx';
import { type Address, defineType, type Heap, type TypeId } from '../../vm/builtin.ts';

/** The Dir adt, sys-stat(2): four strings, the qid at 16, mode and times from 32, length at 48, dtype and dev. */
export const dirSize = 64;
export const typeDir: TypeId = defineType(dirSize, 'f0');

const strings = ['name', 'uid', 'gid', 'muid'] as const;

/** Fills the Dir at `at`, whose strings are live and released. */
export function putDir(heap: Heap, at: Address, dir: Dir): void {
  strings.forEach((key, i) => {
    heap.setPointer(at + 4 * i, heap.newString(dir[key]));
  });
  heap.setBig(at + 16, BigInt.asIntN(64, dir.qid.path));
  heap.setWord(at + 24, dir.qid.version | 0);
  heap.setWord(at + 28, dir.qid.type);
  heap.setWord(at + 32, dir.mode | 0);
  heap.setWord(at + 36, dir.atime | 0);
  heap.setWord(at + 40, dir.mtime | 0);
  heap.setBig(at + 48, BigInt.asIntN(64, dir.length));
  heap.setWord(at + 56, dir.type);
  heap.setWord(at + 60, dir.dev | 0);
}

export function getDir(heap: Heap, at: Address): Dir {
  const [name, uid, gid, muid] = strings.map((_, i) => heap.string(heap.pointer(at + 4 * i))) as [
    string,
    string,
    string,
    string,
  ];
  const unsigned = (offset: number): number => heap.word(at + offset) >>> 0;
  return {
    name,
    uid,
    gid,
    muid,
    qid: {
      path: BigInt.asUintN(64, heap.big(at + 16)),
      version: unsigned(24),
      type: unsigned(28) & 0xff,
    },
    mode: unsigned(32),
    atime: unsigned(36),
    mtime: unsigned(40),
    length: BigInt.asUintN(64, heap.big(at + 48)),
    type: unsigned(56) & 0xffff,
    dev: unsigned(60),
  };
}
