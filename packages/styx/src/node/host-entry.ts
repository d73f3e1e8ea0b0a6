import { Enotfound, StyxError } from '../errors.ts';

/** A name that fids stand on. They share it, so that a rename through one of them moves them all. */
export class Entry {
  name: string;
  parent: Entry | undefined;
  readonly kids: Map<string, Entry> = new Map();
  #removed = false;
  #refs = 0;

  constructor(name: string, parent: Entry | undefined) {
    this.name = name;
    this.parent = parent;
  }

  child(name: string): Entry {
    let kid = this.kids.get(name);
    if (kid === undefined) {
      kid = new Entry(name, this);
      this.kids.set(name, kid);
    }
    return kid;
  }

  /** Kept entries keep those above them. */
  retain(): this {
    if (this.#refs++ === 0) this.parent?.retain();
    return this;
  }

  release(): void {
    if (--this.#refs > 0) return;
    const { parent } = this;
    if (parent === undefined) return;
    if (parent.kids.get(this.name) === this) parent.kids.delete(this.name);
    parent.release();
  }

  rename(name: string): void {
    const { parent } = this;
    if (parent?.kids.get(this.name) === this) parent.kids.delete(this.name);
    // Nothing had this name: what stands on it refers to a file that is gone.
    parent?.kids.get(name)?.drop();
    this.name = name;
    parent?.kids.set(name, this);
  }

  /** The file is gone: a new one of that name is another entry. */
  drop(): void {
    this.#removed = true;
    if (this.parent?.kids.get(this.name) === this) this.parent.kids.delete(this.name);
  }

  /** The way from the root. Throws when the file, or a directory on the way, has been removed. */
  names(): string[] {
    const names: string[] = [];
    for (let at: Entry = this; at.parent !== undefined; at = at.parent) {
      if (at.#removed) throw new StyxError(Enotfound);
      names.push(at.name);
    }
    return names.reverse();
  }
}
