/** Stacks: chunks of the heap that hold frames one after the other; see heap/layout.ts. */

import { opcodeFault } from '../errors.ts';
import type { Heap } from '../heap/heap.ts';
import {
  frameCaller,
  frameModule,
  frameType,
  stackBelow,
  stackFrames,
  stackPointer,
  stackTop,
} from '../heap/layout.ts';
import { pointerLists, sizes, type TypeId, typeStack } from '../heap/types.ts';
import { frameSize } from './code.ts';
import type { Process } from './process.ts';

/** Bytes of the first chunk of a process, and the largest that chunks grow to unless a frame needs more. */
const firstChunk = 488;
const largestChunk = 32768 - 8;

/** A new frame of a type on top of the process's stack, whose registers must be current; a new chunk if need be. */
export function pushFrame(heap: Heap, p: Process, type: TypeId): number {
  const size = frameSize(sizes[type]!);
  let frame = p.sp;
  if (p.base === 0 || frame + size > p.top) {
    const before = p.base === 0 ? firstChunk / 2 : p.top - p.base;
    const bytes = Math.max(stackFrames + size, Math.min(largestChunk, before * 2));
    const chunk = heap.allocate(typeStack, bytes, true);
    heap.setWord(chunk + stackBelow, p.base === 0 ? 0 : p.base - stackFrames);
    heap.setWord(chunk + stackPointer, p.sp);
    heap.setWord(chunk + stackTop, p.top);
    frame = chunk + stackFrames;
    p.base = frame;
    p.top = chunk + heap.room(chunk);
  }
  p.sp = frame + size;
  const { i32 } = heap;
  i32[(frame + frameModule) >> 2] = 0;
  i32[(frame + frameType) >> 2] = type;
  const pointers = pointerLists[type]!;
  for (let i = 0; i < pointers.length; i++) i32[(frame + pointers[i]!) >> 2] = 0;
  return frame;
}

/** Drops the topmost chunk, whose frames are gone. */
export function popChunk(heap: Heap, p: Process): void {
  const chunk = p.base - stackFrames;
  // What a program wrote over is no chain of chunks, which has to end.
  if (heap.typeOf(chunk) !== typeStack) {
    p.base = 0;
    return;
  }
  const below = heap.word(chunk + stackBelow);
  p.sp = heap.word(chunk + stackPointer);
  p.top = heap.word(chunk + stackTop);
  p.base = below === 0 ? 0 : below + stackFrames;
  heap.release(chunk);
}

/** The frame at `frame` is the topmost and no longer used: its references have been dealt with. */
export function popFrame(heap: Heap, p: Process, frame: number): void {
  if (frame === p.base) popChunk(heap, p);
  else p.sp = frame;
}

/** Releases the references of the frames from `frame` up to `end`, made or called. */
function releaseFrames(heap: Heap, frame: number, end: number): void {
  let f = frame;
  while (f < end) {
    const type = heap.word(f + frameType);
    const size = sizes[type];
    if (type <= 0 || size === undefined || pointerLists[type] === undefined) return;
    heap.releaseAll(f, type);
    heap.setPointer(f + frameModule, 0);
    f += frameSize(size);
  }
}

/** Releases all frames above `frame`, which becomes the topmost. */
export function cutStack(heap: Heap, p: Process, frame: number): void {
  while (p.base !== 0 && (frame < p.base || frame >= p.top)) {
    releaseFrames(heap, p.base, p.sp);
    popChunk(heap, p);
  }
  if (p.base === 0) throw opcodeFault;
  const above = frame + frameSize(sizes[heap.word(frame + frameType)] ?? 0);
  releaseFrames(heap, above, p.sp);
  p.sp = Math.min(p.sp, above);
}

/** The process is gone: everything on its stack is released. */
export function freeStack(heap: Heap, p: Process): void {
  while (p.base !== 0) {
    releaseFrames(heap, p.base, p.sp);
    popChunk(heap, p);
  }
  p.fp = 0;
}

/** Bytes of the process's stack. */
export function stackSize(heap: Heap, p: Process): number {
  let total = 0;
  let base = p.base;
  let top = p.top;
  for (let left = 1 << 16; base !== 0 && left > 0; left--) {
    const chunk = base - stackFrames;
    if (heap.typeOf(chunk) !== typeStack) break;
    total += Math.max(0, top - chunk);
    top = heap.word(chunk + stackTop);
    const below = heap.word(chunk + stackBelow);
    base = below === 0 ? 0 : below + stackFrames;
  }
  return total;
}

export interface Level {
  readonly frame: number;
  readonly pc: number;
  readonly linkage: number;
}

/** The chain of calls, innermost first. Ends, whatever the memory holds. */
export function* levels(heap: Heap, p: Process): Generator<Level> {
  let frame = p.fp;
  let pc = p.pc;
  let linkage = p.linkage;
  for (let left = (stackSize(heap, p) >> 5) + 16; frame !== 0 && left > 0; left--) {
    yield { frame, pc, linkage };
    const module = heap.word(frame + frameModule);
    if (module !== 0) linkage = module;
    // A caller's number is that of the instruction after the call.
    pc = heap.word(frame) - 1;
    frame = heap.word(frame + frameCaller);
  }
}
