import type { Awaitable, Call, Dir, File, Opened, Qid, Walked } from '@llambo/styx';

/** Counts the files of one connection that are in use; `idle` is called when the last has been given up. */
export class Uses {
  private count = 0;
  private readonly idle: () => void;

  constructor(idle: () => void) {
    this.idle = idle;
  }

  take(): void {
    this.count++;
  }

  give(): void {
    if (--this.count === 0) this.idle();
  }
}

/** A file of a mounted server, which keeps the connection open as long as it, or another of the same one, is in use. */
export class MountedFile implements File {
  private readonly file: File;
  private readonly uses: Uses;
  private isGone = false;

  constructor(file: File, uses: Uses) {
    this.file = file;
    this.uses = uses;
    uses.take();
  }

  get qid(): Qid {
    return this.file.qid;
  }

  walk(names: readonly string[], call: Call): Awaitable<Walked> {
    const wrap = ({ qids, file }: Walked): Walked => ({
      qids,
      ...(file && { file: new MountedFile(file, this.uses) }),
    });
    const walked = this.file.walk(names, call);
    return walked instanceof Promise ? walked.then(wrap) : wrap(walked);
  }

  open(mode: number, call: Call): Awaitable<Opened> {
    return this.file.open(mode, call);
  }

  create(name: string, perm: number, mode: number, call: Call): Awaitable<Opened> {
    return this.file.create(name, perm, mode, call);
  }

  read(offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    return this.file.read(offset, count, call);
  }

  write(offset: number, data: Uint8Array, call: Call): Awaitable<number> {
    return this.file.write(offset, data, call);
  }

  stat(call: Call): Awaitable<Dir> {
    return this.file.stat(call);
  }

  wstat(dir: Dir, call: Call): Awaitable<void> {
    return this.file.wstat(dir, call);
  }

  remove(call: Call): Awaitable<void> {
    return this.done(() => this.file.remove(call));
  }

  clunk(): Awaitable<void> {
    return this.done(() => this.file.clunk());
  }

  private done(end: () => Awaitable<void>): Awaitable<void> {
    const gone = (): void => {
      if (this.isGone) return;
      this.isGone = true;
      this.uses.give();
    };
    let ended: Awaitable<void>;
    try {
      ended = end();
    } catch (error) {
      gone();
      throw error;
    }
    if (ended instanceof Promise) return ended.finally(gone);
    gone();
  }
}
