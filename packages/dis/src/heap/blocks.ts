/**
 * Blocks of memory of any size, each a multiple of 16 bytes: small ones from slabs of equal blocks, large ones as runs of
 * pages. Freed slabs go back to the pages, so that one phase's small blocks can be another's arrays.
 */

import { Pages, pageSize } from './pages.ts';

/** Block sizes of the classes, and pages of a slab of each. */
const classSizes = [16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512];
const classPages = [4, 4, 4, 4, 8, 8, 8, 8, 16, 16, 16, 16, 24, 24, 24, 24];
const largest = 512;
const large = 255;
/** Freed blocks of a class that are kept at hand: most objects live for a moment, and another takes their place. */
const mostSpare = 16;
/** Class of a size in units of 16 bytes. */
const classOf = new Uint8Array(largest / 16 + 1);
for (let units = 1, c = 0; units <= largest / 16; units++) {
  if (units * 16 > classSizes[c]!) c++;
  classOf[units] = c;
}

export class Blocks extends Pages {
  /** First slab with a free block, by class. */
  private readonly slabs = new Int32Array(classSizes.length);
  /** By first page of a run: class, head of its list of freed blocks, blocks in use, blocks ever used. */
  private classes: Uint8Array = new Uint8Array(this.runs.length);
  private freed: Int32Array = new Int32Array(this.runs.length);
  private inUse: Uint16Array = new Uint16Array(this.runs.length);
  private carved: Uint16Array = new Uint16Array(this.runs.length);
  /** Blocks at hand, `mostSpare` places a class, and their number. To their slabs they are in use. */
  private readonly spare = new Int32Array(classSizes.length * mostSpare);
  private readonly spares = new Uint8Array(classSizes.length);
  /** Bytes of blocks in use. */
  used = 0;
  /** Bytes of all blocks that were ever taken. */
  taken = 0;

  protected override grown(pages: number): void {
    const classes = new Uint8Array(pages);
    classes.set(this.classes);
    this.classes = classes;
    const freed = new Int32Array(pages);
    freed.set(this.freed);
    this.freed = freed;
    const inUse = new Uint16Array(pages);
    inUse.set(this.inUse);
    this.inUse = inUse;
    const carved = new Uint16Array(pages);
    carved.set(this.carved);
    this.carved = carved;
  }

  /** Address of a block of at least `bytes`, not cleared; 0 when there is no memory. */
  protected takeBlock(bytes: number): number {
    if (bytes > largest) {
      const n = (bytes + pageSize - 1) >>> 8;
      let run = this.takeRun(n);
      if (run === 0 && this.giveBack()) run = this.takeRun(n);
      if (run === 0) return 0;
      this.classes[run] = large;
      this.used += n << 8;
      this.taken += n << 8;
      return run << 8;
    }
    const c = classOf[(bytes + 15) >> 4]!;
    const size = classSizes[c]!;
    const atHand = this.spares[c]!;
    if (atHand > 0) {
      this.spares[c] = atHand - 1;
      this.used += size;
      this.taken += size;
      return this.spare[c * mostSpare + atHand - 1]!;
    }
    let slab = this.slabs[c]!;
    if (slab === 0) {
      slab = this.newSlab(c);
      // What was at hand may have made room in a slab of the class, or pages for a new one.
      if (slab === 0 && this.giveBack()) slab = this.slabs[c]! || this.newSlab(c);
      if (slab === 0) return 0;
    }
    this.used += size;
    this.taken += size;
    const start = slab << 8;
    let block = this.freed[slab]!;
    if (block !== 0) {
      // The link lies in the program's reach: follow it only if it leads to a free place of this slab.
      const next = this.i32[block >> 2]!;
      const inside = next - start;
      this.freed[slab] =
        inside >= 0 && inside < classPages[c]! << 8 && (next & 15) === 0 && this.live[next >> 4] === 0
          ? next
          : 0;
    } else {
      block = start + this.carved[slab]! * size;
      this.carved[slab]!++;
    }
    this.inUse[slab]!++;
    if (this.freed[slab] === 0 && (this.carved[slab]! + 1) * size > classPages[c]! << 8) this.unlink(slab, c);
    return block;
  }

  /** Bytes that the block at `block` really has. */
  protected blockSize(block: number): number {
    const head = this.heads[block >>> 8]!;
    const c = this.classes[head]!;
    return c === large ? this.runs[head]! << 8 : classSizes[c]!;
  }

  protected freeBlock(block: number): void {
    const head = this.heads[block >>> 8]!;
    const c = this.classes[head]!;
    if (c === large) {
      this.used -= this.runs[head]! << 8;
      this.freeRun(head);
      return;
    }
    this.used -= classSizes[c]!;
    const atHand = this.spares[c]!;
    if (atHand < mostSpare) {
      this.spare[c * mostSpare + atHand] = block;
      this.spares[c] = atHand + 1;
    } else this.backToSlab(block, head, c);
  }

  /** Blocks at hand go back to their slabs, for there is no memory; whether there were any. */
  private giveBack(): boolean {
    let any = false;
    for (let c = 0; c < classSizes.length; c++) {
      for (let n = this.spares[c]!; n > 0; n--) {
        const block = this.spare[c * mostSpare + n - 1]!;
        this.backToSlab(block, this.heads[block >>> 8]!, c);
        any = true;
      }
      this.spares[c] = 0;
    }
    return any;
  }

  private backToSlab(block: number, head: number, c: number): void {
    const size = classSizes[c]!;
    const full = this.freed[head] === 0 && (this.carved[head]! + 1) * size > classPages[c]! << 8;
    this.i32[block >> 2] = this.freed[head]!;
    this.freed[head] = block;
    const left = --this.inUse[head]!;
    if (full) this.link(head, c);
    else if (left === 0 && (this.slabs[c] !== head || this.nexts[head] !== 0)) {
      this.unlink(head, c);
      this.freeRun(head);
    }
  }

  private newSlab(c: number): number {
    const n = classPages[c]!;
    const slab = this.takeRun(n);
    if (slab === 0) return 0;
    for (let i = 0; i < n; i++) this.heads[slab + i] = slab;
    this.classes[slab] = c;
    this.freed[slab] = 0;
    this.inUse[slab] = 0;
    this.carved[slab] = 0;
    this.link(slab, c);
    return slab;
  }

  private link(slab: number, c: number): void {
    const head = this.slabs[c]!;
    this.nexts[slab] = head;
    this.prevs[slab] = 0;
    if (head !== 0) this.prevs[head] = slab;
    this.slabs[c] = slab;
  }

  private unlink(slab: number, c: number): void {
    const next = this.nexts[slab]!;
    const prev = this.prevs[slab]!;
    if (next !== 0) this.prevs[next] = prev;
    if (prev !== 0) this.nexts[prev] = next;
    else this.slabs[c] = next;
  }
}
