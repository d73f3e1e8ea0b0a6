/**
 * Buffers that are used again: a reply or a large request lives for one turn or two, and fresh memory for each would be
 * most of the cost of moving its bytes.
 */

/** Sizes are powers of two from 64 KiB up to 2 MiB; larger ones are not kept. */
const LOWEST = 16;
const HIGHEST = 21;
/** Bytes kept for reuse at most, in all sizes together. */
const KEEP = 16 * 1024 * 1024;

const free: Uint8Array[][] = [];
for (let i = LOWEST; i <= HIGHEST; i++) free.push([]);
let kept = 0;

export const SLAB: number = 2 ** LOWEST;

interface NodeBuffer {
  allocUnsafeSlow(n: number): Uint8Array;
}
const node: NodeBuffer | undefined = (globalThis as { Buffer?: NodeBuffer }).Buffer;

/** `n` bytes with any contents, used once. */
export function newBuffer(n: number): Uint8Array {
  return node === undefined
    ? new Uint8Array(n)
    : new Uint8Array(node.allocUnsafeSlow(n).buffer as ArrayBuffer);
}

/** A buffer of at least `n` bytes with any contents. */
export function takeBuffer(n: number): Uint8Array {
  let size = SLAB;
  let i = 0;
  while (size < n) {
    size *= 2;
    i++;
  }
  const list = free[i];
  if (list === undefined) return newBuffer(n);
  const buffer = list.pop();
  if (buffer === undefined) return newBuffer(size);
  kept -= buffer.length;
  return buffer;
}

/** Gives back what `takeBuffer` gave, when nothing refers to its bytes any more. */
export function giveBuffer(buffer: Uint8Array): void {
  const list = free[Math.log2(buffer.length) - LOWEST];
  if (list === undefined || kept + buffer.length > KEEP) return;
  kept += buffer.length;
  list.push(buffer);
}
