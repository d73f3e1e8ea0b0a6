/**
 * Objects with counted references in a machine's memory; layout.ts says how they look. Whatever a program has done to its
 * memory, every method here ends: an address is an object only when `live` says so, and lengths are held against the size
 * of the block.
 */

import { DisError, eHeap, eNegativeSize } from '../errors.ts';
import { Blocks } from './blocks.ts';
import { collect } from './collect.ts';
import {
  arrayData,
  arrayElements,
  arrayLength,
  arrayRoot,
  arrayType,
  channelBuffer,
  channelType,
  header,
  linkageData,
  listElement,
  listTail,
  listType,
} from './layout.ts';
import { stringFromJs, stringToJs } from './strings.ts';
import {
  pointerLists,
  sizes,
  type TypeId,
  typeArray,
  typeByte,
  typeChannel,
  typeLinkage,
  typeList,
  typeOf,
  typePointer,
  typeString,
} from './types.ts';

const scratch = new DataView(new ArrayBuffer(8));
const noBytes = new Uint8Array(0);

export class Heap extends Blocks {
  /** Objects whose last reference has gone, whose own references are still to be released. */
  private dying: number[] = [];
  private destroying = false;
  private readonly releaseAt = (at: number): void => this.release(this.i32[at >> 2]!);
  /** Collect cycles when this many bytes are in use. */
  private collectAt = 1 << 20;
  /** What was taken when it last did. */
  private takenBefore = 0;
  /** Hooks of the machine: a channel or module reference dies. */
  onChannelFree: (at: number) => void = () => {};
  onLinkageFree: (at: number) => void = () => {};

  // Words.

  word(at: number): number {
    return this.i32[at >> 2]! | 0;
  }

  setWord(at: number, value: number): void {
    this.i32[at >> 2] = value;
  }

  byte(at: number): number {
    return this.u8[at]! | 0;
  }

  setByte(at: number, value: number): void {
    this.u8[at] = value;
  }

  real(at: number): number {
    if ((at & 7) === 0) return at >= 0 && at < this.u8.length ? this.f64[at >> 3]! : 0;
    scratch.setInt32(0, this.word(at), true);
    scratch.setInt32(4, this.word(at + 4), true);
    return scratch.getFloat64(0, true);
  }

  setReal(at: number, value: number): void {
    if ((at & 7) === 0) {
      this.f64[at >> 3] = value;
      return;
    }
    scratch.setFloat64(0, value, true);
    this.setWord(at, scratch.getInt32(0, true));
    this.setWord(at + 4, scratch.getInt32(4, true));
  }

  f32(at: number): number {
    scratch.setInt32(0, this.word(at), true);
    return scratch.getFloat32(0, true);
  }

  setF32(at: number, value: number): void {
    scratch.setFloat32(0, value, true);
    this.setWord(at, scratch.getInt32(0, true));
  }

  big(at: number): bigint {
    return (BigInt(this.word(at + 4)) << 32n) | BigInt(this.word(at) >>> 0);
  }

  setBig(at: number, value: bigint): void {
    this.setWord(at, Number(BigInt.asIntN(32, value)));
    this.setWord(at + 4, Number(BigInt.asIntN(32, value >> 32n)));
  }

  pointer(at: number): number {
    return this.i32[at >> 2]! | 0;
  }

  setPointer(at: number, pointer: number): void {
    const old = this.i32[at >> 2]! | 0;
    this.i32[at >> 2] = pointer;
    this.release(old);
  }

  // References.

  retain(pointer: number): number {
    if (pointer !== 0) this.i32[(pointer - 8) >> 2]!++;
    return pointer;
  }

  release(pointer: number): void {
    if (pointer === 0) return;
    const count = this.i32[(pointer - 8) >> 2]!;
    if (count > 1) this.i32[(pointer - 8) >> 2] = count - 1;
    else this.destroy(pointer);
  }

  isObject(pointer: number): boolean {
    return (pointer & 15) === 8 && this.live[pointer >> 4] === 1;
  }

  typeOf(pointer: number): TypeId {
    return this.isObject(pointer) ? this.i32[(pointer - 4) >> 2]! : 0;
  }

  references(pointer: number): number {
    return this.isObject(pointer) ? this.i32[(pointer - 8) >> 2]! : 0;
  }

  /** Retains every reference that a value of a type at `at` holds: it has been, or will be, copied. */
  retainAll(at: number, type: TypeId): void {
    const pointers = pointerLists[type];
    if (pointers === undefined) return;
    const i32 = this.i32;
    for (let i = 0; i < pointers.length; i++) {
      const p = i32[(at + pointers[i]!) >> 2]!;
      if (p !== 0) i32[(p - 8) >> 2]!++;
    }
  }

  /** Releases every reference that a value of a type at `at` holds, and makes them nil. */
  releaseAll(at: number, type: TypeId): void {
    const pointers = pointerLists[type];
    if (pointers === undefined) return;
    for (let i = 0; i < pointers.length; i++) {
      const where = (at + pointers[i]!) >> 2;
      const p = this.i32[where]!;
      if (p !== 0) {
        this.i32[where] = 0;
        this.release(p);
      }
    }
  }

  /** The last reference to an object has gone. */
  destroy(pointer: number): void {
    if ((pointer & 15) !== 8 || this.live[pointer >> 4] !== 1) return;
    this.live[pointer >> 4] = 0;
    if (this.i32[(pointer - 4) >> 2] === typeString) {
      this.freeBlock(pointer - header);
      return;
    }
    if (this.destroying) {
      this.dying.push(pointer);
      return;
    }
    this.destroying = true;
    try {
      for (let p: number | undefined = pointer; p !== undefined; p = this.dying.pop()) this.finish(p);
    } finally {
      this.destroying = false;
    }
  }

  /** Releases what a dead object refers to, and frees its block. */
  private finish(p: number): void {
    const type = this.i32[(p - 4) >> 2]!;
    const element = type === typeList ? this.i32[(p + listType) >> 2]! : -1;
    if (element === 0 || element === typePointer) {
      // Lists of words and of references are frequent.
      if (element === typePointer) this.release(this.i32[(p + listElement) >> 2]!);
      this.release(this.i32[(p + listTail) >> 2]!);
    } else {
      const known = typeOf(type);
      if (known !== undefined) {
        known.free?.(this, p);
        if (type === typeChannel) this.onChannelFree(p);
        else if (type === typeLinkage) this.onLinkageFree(p);
      }
      this.eachReference(p, type, this.releaseAt);
    }
    this.freeBlock(p - header);
  }

  /** Calls `visit` with the address of every word of an object that is a reference. */
  eachReference(p: number, type: TypeId, visit: (at: number) => void): void {
    const i32 = this.i32;
    switch (type) {
      case typeString:
        return;
      case typeArray: {
        visit(p + arrayRoot);
        if (i32[(p + arrayRoot) >> 2] !== 0) return;
        const element = i32[(p + arrayType) >> 2]!;
        const pointers = pointerLists[element];
        if (pointers === undefined || pointers.length === 0) return;
        const size = sizes[element]!;
        if (size < 4) return;
        const end = p - header + this.blockSize(p - header);
        const last = Math.min(end, p + arrayElements + i32[(p + arrayLength) >> 2]! * size);
        for (let at = p + arrayElements; at + size <= last; at += size) {
          for (let i = 0; i < pointers.length; i++) visit(at + pointers[i]!);
        }
        return;
      }
      case typeList: {
        visit(p + listTail);
        const pointers = pointerLists[i32[(p + listType) >> 2]!];
        if (pointers === undefined) return;
        const room = this.blockSize(p - header) - header - listElement;
        for (let i = 0; i < pointers.length; i++) {
          if (pointers[i]! < room) visit(p + listElement + pointers[i]!);
        }
        return;
      }
      case typeChannel:
        visit(p + channelBuffer);
        return;
      case typeLinkage:
        visit(p + linkageData);
        return;
    }
    const pointers = pointerLists[type];
    if (pointers === undefined) return;
    const room = this.blockSize(p - header) - header;
    for (let i = 0; i < pointers.length; i++) if (pointers[i]! < room) visit(p + pointers[i]!);
  }

  // Allocation.

  /** A new object of `bytes` payload, counted once; cleared unless `dirty`. */
  allocate(type: TypeId, bytes: number, dirty = false): number {
    let block = this.takeBlock(bytes + header);
    if (block === 0) {
      // Garbage in cycles may be all that is in the way; but who fails all the time must not make the host look all the time.
      if (this.taken - this.takenBefore >= this.limit >> 3) {
        for (const _ of collect(this)) void _;
        block = this.takeBlock(bytes + header);
      }
      if (block === 0) throw new DisError(eHeap);
    }
    this.live[block >> 4] = 1;
    const i32 = this.i32;
    const at = block >> 2;
    i32[at] = 1;
    i32[at + 1] = type;
    if (!dirty) {
      if (bytes <= 64) for (let i = at + 2, end = at + ((bytes + header + 3) >> 2); i < end; i++) i32[i] = 0;
      else i32.fill(0, at + 2, at + ((bytes + header + 3) >> 2));
    }
    return block + header;
  }

  newObject(type: TypeId): number {
    return this.allocate(type, sizes[type]!);
  }

  /** Payload bytes that the object really has room for. */
  room(p: number): number {
    return this.blockSize(p - header) - header;
  }

  newArray(element: TypeId, n: number): number {
    if (n < 0) throw new DisError(eNegativeSize);
    const bytes = sizes[element]! * n;
    if (bytes > this.limit) throw new DisError(eHeap);
    const p = this.allocate(typeArray, arrayElements + bytes);
    const at = p >> 2;
    this.i32[at] = n;
    this.i32[at + 1] = element;
    this.i32[at + 3] = p + arrayElements;
    return p;
  }

  newBytes(data: Uint8Array): number {
    if (data.length > this.limit) throw new DisError(eHeap);
    // `data` may lie in this memory, which moves when it grows.
    const at = data.buffer === this.memory.buffer ? data.byteOffset : -1;
    const n = data.length;
    const p = this.allocate(typeArray, arrayElements + n, true);
    this.i32[p >> 2] = n;
    this.i32[(p >> 2) + 1] = typeByte;
    this.i32[(p >> 2) + 2] = 0;
    this.i32[(p >> 2) + 3] = p + arrayElements;
    if (at < 0) this.u8.set(data, p + arrayElements);
    else this.u8.copyWithin(p + arrayElements, at, at + n);
    return p;
  }

  arrayLength(p: number): number {
    return p === 0 ? 0 : this.word(p + arrayLength);
  }

  arrayElement(p: number): TypeId {
    return p === 0 ? 0 : this.word(p + arrayType);
  }

  arrayData(p: number): number {
    return p === 0 ? 0 : this.word(p + arrayData);
  }

  bytes(p: number): Uint8Array {
    if (p === 0) return noBytes;
    const at = this.word(p + arrayData);
    const n = this.word(p + arrayLength);
    return at > 0 && n > 0 ? this.u8.subarray(at, at + n) : noBytes;
  }

  cons(element: TypeId, tail: number): number {
    const p = this.allocate(typeList, listElement + Math.max(4, sizes[element]!));
    this.i32[p >> 2] = tail;
    this.i32[(p >> 2) + 1] = element;
    return p;
  }

  listTail(p: number): number {
    return this.word(p + listTail);
  }

  listData(p: number): number {
    return p + listElement;
  }

  newChannel(element: TypeId, n: number): number {
    const buffer = n > 0 ? this.newArray(element, n) : 0;
    if (n < 0) throw new DisError(eNegativeSize);
    const p = this.allocate(typeChannel, sizes[typeChannel]!);
    this.i32[p >> 2] = buffer;
    this.i32[(p + channelType) >> 2] = element;
    return p;
  }

  newString(value: string): number {
    return stringFromJs(this, value);
  }

  string(p: number): string {
    return stringToJs(this, p);
  }

  stringLength(p: number): number {
    return p === 0 ? 0 : Math.abs(this.word(p));
  }

  // Cycles.

  /** True when so much is in use that looking for cycles pays. */
  get collectionDue(): boolean {
    return this.used >= this.collectAt;
  }

  /** Frees unreachable cycles, a slice of work a step; nothing else may use the heap in between. */
  collection(): Generator<void> {
    return collect(this);
  }

  /** Says after a collection when the next is due. */
  collected(): void {
    this.collectAt = Math.max(1 << 20, this.used * 2);
    this.takenBefore = this.taken;
  }

  /** For the collector: the map of objects, and dropping one whose references are already dealt with. */
  get objects(): Uint8Array {
    return this.live;
  }
}
