/** The bytes of a file in memory: one piece from its beginning, and pages for what lies far behind it. */

const nothing = new Uint8Array(0);

/** Bytes of a page. */
export const PAGE: number = 64 * 1024;
/** A write that begins further behind the piece than this goes into pages; a smaller hole is filled. */
const GAP = 1 << 20;
/** The piece grows by its own size, up to this. */
const GROWTH = 16 << 20;

export class Content {
  /** Zero from `#end` on. */
  #piece: Uint8Array = nothing;
  #end = 0;
  #pages: Map<number, Uint8Array> | undefined;
  #length = 0;

  /** Bytes of the file, holes and all. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that it takes, without holes and without room for growth. */
  get used(): number {
    return this.#end + (this.#pages?.size ?? 0) * PAGE;
  }

  /** How many more bytes it would take, at most, after a write of `count` bytes at `at`. */
  cost(at: number, count: number): number {
    if (this.#isNear(at)) return Math.max(0, at + count - this.#end);
    let pages = 0;
    for (let page = Math.floor(at / PAGE); page * PAGE < at + count; page++) {
      if (!this.#pages?.has(page)) pages++;
    }
    return pages * PAGE;
  }

  /** A view where that is possible: it shows later writes. */
  read(offset: number, count: number): Uint8Array {
    if (offset >= this.#length) return nothing;
    const end = Math.min(offset + count, this.#length);
    if (end <= (this.#pages === undefined ? this.#piece.length : this.#end)) {
      return this.#piece.subarray(offset, end);
    }
    const out = new Uint8Array(end - offset);
    if (offset < this.#end) out.set(this.#piece.subarray(offset, Math.min(this.#end, end)));
    if (this.#pages === undefined) return out;
    for (let page = Math.floor(offset / PAGE); page * PAGE < end; page++) {
      const bytes = this.#pages.get(page);
      if (bytes === undefined) continue;
      const from = Math.max(offset, page * PAGE);
      out.set(bytes.subarray(from - page * PAGE, end - page * PAGE), from - offset);
    }
    return out;
  }

  /** Throws a RangeError when there is no memory. */
  write(at: number, data: Uint8Array): void {
    const end = at + data.length;
    if (this.#isNear(at)) {
      this.#grow(end);
      this.#piece.set(data, at);
    } else {
      const pages = (this.#pages ??= new Map());
      for (let from = at; from < end; ) {
        const page = Math.floor(from / PAGE);
        let bytes = pages.get(page);
        if (bytes === undefined) pages.set(page, (bytes = new Uint8Array(PAGE)));
        const to = Math.min(end, (page + 1) * PAGE);
        bytes.set(data.subarray(from - at, to - at), from - page * PAGE);
        from = to;
      }
    }
    this.#length = Math.max(this.#length, end);
  }

  /** Cuts it off, or adds a hole. */
  truncate(length: number): void {
    if (length < this.#length) {
      if (length === 0) this.#piece = nothing;
      else this.#piece.fill(0, length, this.#end);
      this.#end = Math.min(this.#end, length);
      for (const [page, bytes] of this.#pages ?? []) {
        if (page * PAGE >= length) this.#pages?.delete(page);
        else bytes.fill(0, Math.min(PAGE, length - page * PAGE));
      }
      if (this.#pages?.size === 0) this.#pages = undefined;
    }
    this.#length = length;
  }

  #isNear(at: number): boolean {
    return at <= this.#end + GAP;
  }

  /** Makes the piece reach `end`, and takes the pages in that it comes to. */
  #grow(end: number): void {
    if (end <= this.#end) return;
    const taken: [number, Uint8Array][] = [];
    if (this.#pages !== undefined) {
      for (let page = Math.floor(this.#end / PAGE); page * PAGE < end; page++) {
        const bytes = this.#pages.get(page);
        if (bytes === undefined) continue;
        taken.push([page, bytes]);
        end = Math.max(end, (page + 1) * PAGE);
      }
    }
    if (end > this.#piece.length) {
      const room = Math.max(end, Math.min(this.#piece.length * 2, this.#piece.length + GROWTH));
      const piece = new Uint8Array(room);
      piece.set(this.#piece.subarray(0, this.#end));
      this.#piece = piece;
    }
    for (const [page, bytes] of taken) {
      this.#piece.set(bytes, page * PAGE);
      this.#pages?.delete(page);
    }
    if (this.#pages?.size === 0) this.#pages = undefined;
    this.#end = end;
  }
}
