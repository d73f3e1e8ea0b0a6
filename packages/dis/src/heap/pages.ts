/**
 * Runs of 256-byte pages of a machine's memory: best fit from bins of free runs, neighbours merged when freed, the memory
 * grown when nothing fits, up to its limit. All bookkeeping is outside the machine's memory.
 */

import { firstPage } from './layout.ts';

const pageShift = 8;
export const pageSize: number = 1 << pageShift;
const wasmPage = 65536;
const bins = 64;

/** Bin of a run of `n` pages: exact up to 16, then four a power of two. */
function binOf(n: number): number {
  if (n <= 16) return n - 1;
  const log = 31 - Math.clz32(n);
  return Math.min(bins - 1, (log << 2) + ((n >> (log - 2)) & 3));
}

export class Pages {
  readonly memory: WebAssembly.Memory;
  i32: Int32Array;
  u8: Uint8Array;
  f64: Float64Array;
  /** Bytes that the memory may grow to, a multiple of 64 KiB. */
  readonly limit: number;
  /** For the first page of a run in use: its pages. For the first and last page of a free run: minus its pages. */
  protected runs: Int32Array;
  /** First page of the run that a page belongs to, for pages in use. */
  protected heads: Int32Array;
  /** Free runs of a bin, or slabs of a class, are in lists linked through their first pages. */
  protected nexts: Int32Array;
  protected prevs: Int32Array;
  /** 1 where an object starts, one byte for each 16 of the memory. */
  protected live: Uint8Array;
  private readonly bin = new Int32Array(bins);
  /** Bytes of pages in use. */
  pagesUsed = 0;

  constructor(limit: number) {
    this.limit = Math.max(1, Math.floor(limit / wasmPage)) * wasmPage;
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: this.limit / wasmPage });
    const buffer = this.memory.buffer;
    this.i32 = new Int32Array(buffer);
    this.u8 = new Uint8Array(buffer);
    this.f64 = new Float64Array(buffer);
    const n = buffer.byteLength >> pageShift;
    this.runs = new Int32Array(n);
    this.heads = new Int32Array(n);
    this.nexts = new Int32Array(n);
    this.prevs = new Int32Array(n);
    this.live = new Uint8Array(buffer.byteLength >> 4);
    this.putFree(firstPage >> pageShift, n - (firstPage >> pageShift));
  }

  /** Called after the views were replaced. */
  protected grown(_pages: number): void {}

  private putFree(first: number, n: number): void {
    this.runs[first] = -n;
    this.runs[first + n - 1] = -n;
    const b = binOf(n);
    const head = this.bin[b]!;
    this.nexts[first] = head;
    this.prevs[first] = 0;
    if (head !== 0) this.prevs[head] = first;
    this.bin[b] = first;
  }

  private takeFree(first: number): void {
    const next = this.nexts[first]!;
    const prev = this.prevs[first]!;
    if (next !== 0) this.prevs[next] = prev;
    if (prev !== 0) this.nexts[prev] = next;
    else this.bin[binOf(-this.runs[first]!)] = next;
  }

  private find(n: number): number {
    const own = binOf(n);
    // In the bin itself runs may be too short, except where bins are exact; look at a few.
    let tries = 8;
    for (let run = this.bin[own]!; run !== 0 && tries > 0; run = this.nexts[run]!, tries--) {
      if (-this.runs[run]! >= n) return run;
    }
    for (let b = own + 1; b < bins; b++) if (this.bin[b] !== 0) return this.bin[b]!;
    return 0;
  }

  /** First page of a run of `n` pages; 0 when the limit does not allow it. */
  protected takeRun(n: number): number {
    let run = this.find(n);
    if (run === 0) {
      if (!this.grow(n)) return 0;
      run = this.find(n);
      if (run === 0) return 0;
    }
    this.takeFree(run);
    const all = -this.runs[run]!;
    this.runs[run + all - 1] = 0;
    if (all > n) this.putFree(run + n, all - n);
    this.runs[run] = n;
    this.heads[run] = run;
    this.pagesUsed += n << pageShift;
    return run;
  }

  protected freeRun(run: number): void {
    let first = run;
    let n = this.runs[run]!;
    this.pagesUsed -= n << pageShift;
    this.runs[run] = 0;
    const after = first + n;
    const length = after < this.runs.length ? -this.runs[after]! : 0;
    if (length > 0) {
      this.takeFree(after);
      this.runs[after] = 0;
      n += length;
    }
    const before = -this.runs[first - 1]!;
    if (before > 0) {
      this.takeFree(first - before);
      this.runs[first - 1] = 0;
      first -= before;
      n += before;
    }
    this.putFree(first, n);
  }

  /** Grows the memory so that `n` pages fit, by a quarter of what there is if that is more. */
  private grow(n: number): boolean {
    const had = this.memory.buffer.byteLength;
    const need = Math.ceil((n << pageShift) / wasmPage);
    const may = (this.limit - had) / wasmPage;
    const last = this.runs[(had >> pageShift) - 1]!;
    const missing = last < 0 ? Math.ceil(((n + last) << pageShift) / wasmPage) : need;
    if (missing > may) return false;
    const by = Math.min(may, Math.max(missing, (had / wasmPage) >> 2));
    try {
      this.memory.grow(by);
    } catch {
      return false;
    }
    const buffer = this.memory.buffer;
    this.i32 = new Int32Array(buffer);
    this.u8 = new Uint8Array(buffer);
    this.f64 = new Float64Array(buffer);
    const pages = buffer.byteLength >> pageShift;
    const grow = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(pages);
      larger.set(old);
      return larger;
    };
    const old = this.runs.length;
    this.runs = grow(this.runs);
    this.heads = grow(this.heads);
    this.nexts = grow(this.nexts);
    this.prevs = grow(this.prevs);
    const live = new Uint8Array(buffer.byteLength >> 4);
    live.set(this.live);
    this.live = live;
    this.grown(pages);
    this.runs[old] = pages - old;
    this.pagesUsed += (pages - old) << pageShift;
    this.freeRun(old);
    return true;
  }
}
