/** A call of a built-in function, as the function sees it; see builtin.ts. */

import type { Heap } from '../heap/heap.ts';
import { frameResult, frameType } from '../heap/layout.ts';
import type { Call } from './builtin.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';

export class BuiltinCall implements Call {
  readonly machine: Machine;
  readonly heap: Heap;
  process!: Process;
  frame = 0;
  private controller: AbortController | undefined = undefined;
  private aborted = false;
  private listener: (() => void) | undefined = undefined;

  constructor(machine: Machine) {
    this.machine = machine;
    this.heap = machine.heap;
  }

  get frameType(): number {
    return this.heap.word(this.frame + frameType);
  }

  get result(): number {
    return this.heap.word(this.frame + frameResult);
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.aborted) this.controller.abort();
    }
    return this.controller.signal;
  }

  onAbort(fn: () => void): boolean {
    if (this.aborted) return false;
    const before = this.listener;
    this.listener =
      before === undefined
        ? fn
        : () => {
            before();
            fn();
          };
    return true;
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.listener?.();
    this.controller?.abort();
  }

  word(offset: number): number {
    return this.heap.word(this.frame + offset);
  }

  byte(offset: number): number {
    return this.heap.byte(this.frame + offset);
  }

  real(offset: number): number {
    return this.heap.real(this.frame + offset);
  }

  big(offset: number): bigint {
    return this.heap.big(this.frame + offset);
  }

  pointer(offset: number): number {
    return this.heap.word(this.frame + offset);
  }

  string(offset: number): string {
    return this.heap.string(this.heap.word(this.frame + offset));
  }

  bytes(offset: number): Uint8Array {
    return this.heap.bytes(this.heap.word(this.frame + offset));
  }

  returnWord(value: number): void {
    this.heap.setWord(this.result, value);
  }

  returnReal(value: number): void {
    this.heap.setReal(this.result, value);
  }

  returnBig(value: bigint): void {
    this.heap.setBig(this.result, value);
  }

  returnPointer(pointer: number): void {
    this.heap.setPointer(this.result, pointer);
  }

  returnString(value: string): void {
    this.heap.setPointer(this.result, this.heap.newString(value));
  }
}
