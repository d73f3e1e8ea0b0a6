import { StyxError } from '@llambo/styx';
import type { Chan } from './chan.ts';
import { Ebadfd, Enofd } from './errors.ts';
import { ignore } from './steps.ts';

/** Numbers that all groups with this budget may use together: what a machine bounds its programs by. */
export interface FdBudget {
  left: number;
}

/** Open files of a group of processes by number, dup(3). Each entry holds one reference of its channel. */
export class FdGroup {
  #chans: (Chan | undefined)[] = [];
  #refs = 1;
  readonly #limit: number;
  readonly #budget: FdBudget;

  /** At most `limit` descriptors, 0 to limit-1, and with the groups that are made of it no more than `budget`. */
  constructor(limit: number = 5000, budget: FdBudget = { left: Number.POSITIVE_INFINITY }) {
    this.#limit = limit;
    this.#budget = budget;
  }

  #spend(count: number): void {
    if (this.#budget.left < count) throw new StyxError(Enofd);
    this.#budget.left -= count;
  }

  /** Another holder of this very group, as a process that is spawned is. */
  share(): this {
    this.#refs++;
    return this;
  }

  /** A group of its own with the same files (FORKFD). */
  fork(): FdGroup {
    this.#spend([...this].length);
    const copy = new FdGroup(this.#limit, this.#budget);
    copy.#chans = this.#chans.map((chan) => chan?.dup());
    return copy;
  }

  /** A group of its own with only the files `keep`, under their numbers (NEWFD). */
  keep(keep: Iterable<number>): FdGroup {
    const kept = [...new Set(keep)].filter((fd) => this.has(fd));
    this.#spend(kept.length);
    const copy = new FdGroup(this.#limit, this.#budget);
    for (const fd of kept) copy.#chans[fd] = this.get(fd).dup();
    return copy;
  }

  /** Enters a channel, whose reference becomes the group's, under the lowest free number. */
  add(chan: Chan): number {
    const fd = this.#free();
    this.#spend(1);
    this.#chans[fd] = chan;
    return fd;
  }

  #free(): number {
    let fd = 0;
    while (this.#chans[fd] !== undefined) fd++;
    if (fd >= this.#limit) throw new StyxError(Enofd);
    return fd;
  }

  /** The channel, which stays the group's. */
  get(fd: number): Chan {
    const chan = this.#chans[fd];
    if (chan === undefined) throw new StyxError(Ebadfd);
    return chan;
  }

  has(fd: number): boolean {
    return this.#chans[fd] !== undefined;
  }

  /** Makes `to` (or with -1 the lowest free number) another number of the file `from`, sys-dup(2). The number. */
  dup(from: number, to: number = -1): number {
    const chan = this.get(from);
    if (to < 0) to = this.#free();
    if (!(Number.isInteger(to) && to < this.#limit)) throw new StyxError(Ebadfd);
    if (to === from) return to;
    const old = this.#chans[to];
    if (old === undefined) this.#spend(1);
    this.#chans[to] = chan.dup();
    if (old !== undefined) ignore(() => old.close());
    return to;
  }

  /** Gives the number up, and the channel with its last reference. */
  close(fd: number): void {
    const chan = this.get(fd);
    this.#chans[fd] = undefined;
    this.#budget.left++;
    while (this.#chans.length > 0 && this.#chans[this.#chans.length - 1] === undefined) this.#chans.pop();
    ignore(() => chan.close());
  }

  /** The open files in the order of their numbers. */
  *[Symbol.iterator](): IterableIterator<[number, Chan]> {
    for (let fd = 0; fd < this.#chans.length; fd++) {
      const chan = this.#chans[fd];
      if (chan !== undefined) yield [fd, chan];
    }
  }

  /** Gives a holder's reference up; the last one closes every file. */
  release(): void {
    if (this.#refs <= 0 || --this.#refs > 0) return;
    for (const [, chan] of this) {
      this.#budget.left++;
      ignore(() => chan.close());
    }
    this.#chans = [];
  }
}
