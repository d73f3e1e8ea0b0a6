/** A small file server for the tests of the protocol: every way in which a file can answer, and a record of what was asked. */
import {
  type Attach,
  type Awaitable,
  type Call,
  type Dir,
  DMDIR,
  Eexists,
  Einterrupted,
  Enotdir,
  Enotfound,
  Eperm,
  type File,
  type FileServer,
  NOTOUCH32,
  NOTOUCH64,
  type Opened,
  ORCLOSE,
  OTRUNC,
  packDir,
  type Qid,
  QTDIR,
  StyxError,
  type Walked,
} from '../src/index.ts';

export interface ToyNode {
  readonly id: number;
  name: string;
  mode: number;
  mtime: number;
  version: number;
  parent: ToyNode;
  children?: Map<string, ToyNode>;
  data: Uint8Array;
  /** Reads and writes wait for `Toy.release` or their signal. */
  blocks?: boolean;
  /** Reads never settle. */
  deaf?: boolean;
  /** Walks through it, opens and clunks answer in a later turn. */
  slow?: boolean;
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

export class Toy implements FileServer {
  readonly root: ToyNode;
  /** References that are not given up. */
  live = 0;
  readonly log: string[] = [];
  #next = 0;
  #waiting: (() => void)[] = [];

  constructor() {
    this.root = this.node('/', DMDIR | 0o755);
    this.root.parent = this.root;
    this.root.children = new Map();
  }

  node(name: string, mode: number): ToyNode {
    const n: ToyNode = {
      id: this.#next++,
      name,
      mode: mode >>> 0,
      mtime: 0,
      version: 0,
      parent: undefined as never,
      data: new Uint8Array(0),
    };
    n.parent = n;
    if ((mode & DMDIR) !== 0) n.children = new Map();
    return n;
  }

  add(parent: ToyNode, name: string, mode: number, text = '', more: Partial<ToyNode> = {}): ToyNode {
    const n = Object.assign(this.node(name, mode), more);
    n.data = new TextEncoder().encode(text);
    n.parent = parent;
    parent.children?.set(name, n);
    return n;
  }

  /** Lets everything that blocks go on. */
  release(): void {
    const w = this.#waiting;
    this.#waiting = [];
    for (const f of w) f();
  }

  get blocked(): number {
    return this.#waiting.length;
  }

  block<T>(call: Call, then: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const go = () => resolve(then());
      this.#waiting.push(go);
      call.signal.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((w) => w !== go);
        reject(new StyxError(Einterrupted));
      });
    });
  }

  attach(who: Attach): Awaitable<File> {
    if (who.aname !== '') throw new StyxError('no such tree');
    return new ToyFile(this, this.root, who.uname);
  }
}

const qidOf = (n: ToyNode): Qid => ({
  type: n.mode >>> 24,
  version: n.version,
  path: BigInt(n.id),
});

export function dirOf(n: ToyNode): Dir {
  return {
    type: 0,
    dev: 0,
    qid: qidOf(n),
    mode: n.mode,
    atime: 0,
    mtime: n.mtime,
    length: n.children === undefined ? BigInt(n.data.length) : 0n,
    name: n.name,
    uid: 'glenda',
    gid: 'glenda',
    muid: 'glenda',
  };
}

export class ToyFile implements File {
  readonly toy: Toy;
  n: ToyNode;
  readonly uname: string;
  #orclose = false;
  #entries: Uint8Array[] = [];

  constructor(toy: Toy, n: ToyNode, uname: string) {
    this.toy = toy;
    this.n = n;
    this.uname = uname;
    toy.live++;
  }

  get qid(): Qid {
    return qidOf(this.n);
  }

  walk(names: readonly string[], call: Call): Awaitable<Walked> {
    this.toy.log.push(`walk ${names.join('/')}`);
    let n = this.n;
    const qids: Qid[] = [];
    let slow = false;
    let blocks = false;
    for (const name of names) {
      const next = name === '..' ? n.parent : n.children?.get(name);
      if (next === undefined) {
        if (qids.length === 0) throw new StyxError(n.children === undefined ? Enotdir : Enotfound);
        return { qids };
      }
      slow ||= next.slow === true;
      blocks ||= next.blocks === true && next.children !== undefined;
      n = next;
      qids.push(qidOf(n));
    }
    const done = (): Walked => ({ qids, file: new ToyFile(this.toy, n, this.uname) });
    if (blocks) return this.toy.block(call, done);
    return slow ? later().then(done) : done();
  }

  open(mode: number, call: Call): Awaitable<Opened> {
    this.toy.log.push(`open ${this.n.name}`);
    if (this.n.name === 'secret') throw new StyxError(Eperm);
    const done = (): Opened => {
      if ((mode & OTRUNC) !== 0) this.n.data = new Uint8Array(0);
      this.#orclose = (mode & ORCLOSE) !== 0;
      return { qid: this.qid, iounit: 0 };
    };
    if (this.n.name === 'openblocks') return this.toy.block(call, done);
    return this.n.slow ? later().then(done) : done();
  }

  create(name: string, perm: number, mode: number): Awaitable<Opened> {
    this.toy.log.push(`create ${name}`);
    if (this.n.children?.has(name)) throw new StyxError(Eexists);
    this.n = this.toy.add(this.n, name, perm);
    this.#orclose = (mode & ORCLOSE) !== 0;
    return { qid: this.qid, iounit: 0 };
  }

  read(offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    this.toy.log.push(`read ${this.n.name} ${offset} ${count}`);
    const n = this.n;
    if (n.deaf) return new Promise(() => {});
    if (n.children !== undefined) {
      if (offset === 0) this.#entries = [...n.children.values()].map((c) => packDir(dirOf(c)));
      let size = 0;
      const out: Uint8Array[] = [];
      while (this.#entries[0] !== undefined && size + this.#entries[0].length <= count) {
        const e = this.#entries.shift()!;
        out.push(e);
        size += e.length;
      }
      return Buffer.concat(out);
    }
    const done = () => n.data.subarray(offset, offset + count);
    if (n.blocks) return this.toy.block(call, done);
    return n.slow ? later().then(done) : done();
  }

  write(offset: number, data: Uint8Array, call: Call): Awaitable<number> {
    this.toy.log.push(`write ${this.n.name} ${offset} ${data.length}`);
    const done = () => {
      const n = this.n;
      const more = new Uint8Array(Math.max(n.data.length, offset + data.length));
      more.set(n.data);
      more.set(data, offset);
      n.data = more;
      n.version++;
      return data.length;
    };
    if (this.n.blocks) return this.toy.block(call, done);
    return this.n.slow ? later().then(done) : done();
  }

  stat(): Awaitable<Dir> {
    return this.n.slow ? later().then(() => dirOf(this.n)) : dirOf(this.n);
  }

  wstat(dir: Dir): void {
    const n = this.n;
    if (dir.name !== '' && dir.name !== n.name) {
      if (n.parent.children?.has(dir.name)) throw new StyxError(Eexists);
      n.parent.children?.delete(n.name);
      n.name = dir.name;
      n.parent.children?.set(n.name, n);
    }
    if (dir.mode !== NOTOUCH32) n.mode = dir.mode;
    if (dir.mtime !== NOTOUCH32) n.mtime = dir.mtime;
    if (dir.length !== NOTOUCH64) n.data = n.data.slice(0, Number(dir.length));
  }

  remove(): void {
    this.toy.live--;
    this.toy.log.push(`remove ${this.n.name}`);
    if (this.n === this.toy.root || (this.n.children?.size ?? 0) > 0) throw new StyxError(Eperm);
    this.n.parent.children?.delete(this.n.name);
  }

  clunk(): Awaitable<void> {
    this.toy.live--;
    this.toy.log.push(`clunk ${this.n.name}`);
    if (this.#orclose) this.n.parent.children?.delete(this.n.name);
    if (this.n.name === 'clunkfails') throw new StyxError('i/o error');
    return this.n.slow ? later() : undefined;
  }
}

/** The tree that the transcripts under testdata/9p run against. */
export function toy(): Toy {
  const t = new Toy();
  t.add(t.root, 'hello', 0o644, 'hello, world\n');
  t.add(t.root, 'empty', 0o644);
  t.add(t.root, 'secret', 0o600, 'x');
  t.add(t.root, 'event', 0o666, 'ding\n', { blocks: true });
  t.add(t.root, 'deaf', 0o666, '', { deaf: true });
  t.add(t.root, 'slow', 0o666, 'late\n', { slow: true });
  t.add(t.root, 'openblocks', 0o666, 'open\n');
  t.add(t.root, 'clunkfails', 0o666, '');
  const dir = t.add(t.root, 'dir', DMDIR | 0o755);
  t.add(dir, 'a', 0o644, 'A');
  t.add(dir, 'b', 0o644, 'B');
  const sub = t.add(dir, 'sub', DMDIR | 0o755);
  t.add(sub, 'deep', 0o644, 'deep\n');
  t.add(t.root, 'slowdir', DMDIR | 0o755, '', { slow: true });
  t.add(t.root, 'gate', DMDIR | 0o755, '', { blocks: true });
  void QTDIR;
  return t;
}
