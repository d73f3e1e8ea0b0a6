/** The bytes of a file in memory: pages from its beginning on, and pages for what lies far behind them. */
import { newBuffer } from '../codec/buffers.ts';

const nothing = new Uint8Array(0);

/** Bytes of a page. */
export const PAGE: number = 64 * 1024;
/** A write that begins further behind the pages without gaps than this leaves a hole; a smaller one counts as filled. */
const GAP = 1 << 20;

interface Page {
  /** Zero where nothing was written. What a short one does not reach is zero too. */
  bytes: Uint8Array;
  /** Somebody may still look at these bytes: the next write goes into a copy. */
  lent: boolean;
}

const holes = new Uint8Array(PAGE);

export class Content {
  /** Of the bytes before `#end`, all of them. */
  #dense: Page[] = [];
  #end = 0;
  #far: Map<number, Page> | undefined;
  #length = 0;

  /** Bytes of the file, holes and all. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that it takes, without holes and without room for growth. */
  get used(): number {
    return this.#end + (this.#far?.size ?? 0) * PAGE;
  }

  /** How many more bytes it would take, at most, after a write of `count` bytes at `at`. */
  cost(at: number, count: number): number {
    if (this.#isNear(at)) return Math.max(0, at + count - this.#end);
    let pages = 0;
    for (let page = Math.floor(at / PAGE); page * PAGE < at + count; page++) {
      if (!this.#far?.has(page)) pages++;
    }
    return pages * PAGE;
  }

  /** A view where that is possible: it shows later writes. */
  read(offset: number, count: number): Uint8Array {
    if (offset >= this.#length) return nothing;
    const end = Math.min(offset + count, this.#length);
    const first = Math.floor(offset / PAGE);
    const at = offset - first * PAGE;
    const bytes = this.#page(first)?.bytes;
    const to = at + (end - offset);
    if (bytes !== undefined && to <= bytes.length) return bytes.subarray(at, to);
    const out = new Uint8Array(end - offset);
    for (let from = offset; from < end; ) {
      const page = Math.floor(from / PAGE);
      const next = Math.min(end, (page + 1) * PAGE);
      const there = this.#page(page)?.bytes.subarray(from - page * PAGE, next - page * PAGE);
      if (there !== undefined) out.set(there, from - offset);
      from = next;
    }
    return out;
  }

  /** As `read`, in pieces that no later write changes. */
  lend(offset: number, count: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    const end = Math.min(offset + count, this.#length);
    for (let from = offset; from < end; ) {
      const n = Math.floor(from / PAGE);
      const at = from - n * PAGE;
      const to = Math.min(end - n * PAGE, PAGE);
      const page = this.#page(n);
      const there = page === undefined ? 0 : Math.min(page.bytes.length, to) - at;
      if (page !== undefined && there > 0) {
        page.lent = true;
        pieces.push(page.bytes.subarray(at, at + there));
      }
      if (at + Math.max(0, there) < to) pieces.push(holes.subarray(at + Math.max(0, there), to));
      from = n * PAGE + to;
    }
    return pieces;
  }

  /** Throws a RangeError when there is no memory. */
  write(at: number, data: Uint8Array): void {
    const end = at + data.length;
    if (this.#isNear(at)) this.#reach(end);
    const first = Math.floor(at / PAGE);
    // All memory first: a write that finds none changes nothing.
    for (let page = first; page * PAGE < end; page++) {
      const base = page * PAGE;
      this.#prepare(page, Math.max(0, at - base), Math.min(PAGE, end - base));
    }
    for (let page = first, from = at; from < end; page++) {
      const to = Math.min(end, (page + 1) * PAGE);
      const part = to - from === data.length ? data : data.subarray(from - at, to - at);
      (this.#page(page) as Page).bytes.set(part, from - page * PAGE);
      from = to;
    }
    this.#length = Math.max(this.#length, end);
  }

  /** Cuts it off, or adds a hole. */
  truncate(length: number): void {
    if (length < this.#length) {
      this.#end = Math.min(this.#end, length);
      this.#dense.length = Math.ceil(this.#end / PAGE);
      const last = Math.floor(length / PAGE);
      for (const page of this.#far?.keys() ?? []) {
        if (page * PAGE >= length) this.#far?.delete(page);
      }
      if (this.#far?.size === 0) this.#far = undefined;
      const page = this.#page(last);
      const cut = length - last * PAGE;
      if (page?.lent) {
        page.bytes = page.bytes.slice(0, cut);
        page.lent = false;
      } else page?.bytes.fill(0, cut);
    }
    this.#length = length;
  }

  #page(page: number): Page | undefined {
    return page < this.#dense.length ? this.#dense[page] : this.#far?.get(page);
  }

  #isNear(at: number): boolean {
    return at <= this.#end + GAP;
  }

  /** Makes the pages without gaps reach `end`, and takes those in that they come to. */
  #reach(end: number): void {
    if (end <= this.#end) return;
    for (let n = this.#dense.length; n * PAGE < end; n++) {
      const page = this.#far?.get(n);
      this.#dense.push(page ?? { bytes: nothing, lent: false });
      if (page === undefined) continue;
      this.#far?.delete(n);
      end = Math.max(end, (n + 1) * PAGE);
    }
    if (this.#far?.size === 0) this.#far = undefined;
    this.#end = end;
  }

  /** Makes bytes `from` up to `to` of a page ready to be written, which may be done in place only where nobody looks. */
  #prepare(n: number, from: number, to: number): void {
    let page = this.#page(n);
    if (page === undefined) (this.#far ??= new Map()).set(n, (page = { bytes: nothing, lent: false }));
    const { bytes } = page;
    if (!page.lent && to <= bytes.length) return;
    // The first page of a small file grows with it.
    const room = n > 0 ? PAGE : Math.min(PAGE, Math.max(to, page.lent ? bytes.length : bytes.length * 2));
    if (from === 0 && to === room) page.bytes = newBuffer(room);
    else {
      page.bytes = new Uint8Array(room);
      page.bytes.set(bytes);
    }
    page.lent = false;
  }
}
