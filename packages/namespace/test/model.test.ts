/** The mount table against a model that is too simple to be wrong: names, members and nothing else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAFTER, MBEFORE, MCREATE, MREPL, Namespace } from '../src/index.ts';
import { failure, Later, ramWith } from './helpers.ts';

interface Node {
  readonly path: string;
  readonly kids: ReadonlyMap<string, Node> | undefined;
}

type Member = readonly [node: Node, create: boolean];

class Model {
  mounts = new Map<Node, readonly Member[]>();
  readonly root: Node;

  constructor(root: Node) {
    this.root = root;
  }

  fork(): Model {
    const copy = new Model(this.root);
    copy.mounts = new Map(this.mounts);
    return copy;
  }

  /** The node before its mount point. */
  find(path: string): Node | undefined {
    let at: Node | undefined = this.root;
    let members = this.members(at);
    for (const name of path.split('/').filter((n) => n !== '')) {
      at = members.map(([node]) => node.kids?.get(name)).find((node) => node !== undefined);
      if (at === undefined) return undefined;
      members = this.members(at);
      // On the way through, what covers the first member counts in its place.
      members = this.mounts.get((members[0] as Member)[0]) ?? members;
    }
    return at;
  }

  members(node: Node): readonly Member[] {
    return this.mounts.get(node) ?? [[node, false]];
  }

  /** False when it must be refused. */
  bind(from: string, on: string, order: number, create: boolean): boolean {
    const source = this.find(from);
    const target = this.find(on);
    if (source === undefined || target === undefined) return false;
    if ((source.kids === undefined) !== (target.kids === undefined)) return false;
    if (target.kids === undefined && order !== MREPL) return false;
    const union = this.mounts.get(source);
    if (create && union !== undefined && (union.length > 1 || !union[0]?.[1])) return false;
    const [first, ...rest] = this.members(source);
    const added: Member[] = [[(first as Member)[0], create], ...rest.map(([node]): Member => [node, false])];
    const old = this.members(target);
    this.mounts.set(
      target,
      order === MREPL ? added : order === MAFTER ? [...old, ...added] : [...added, ...old],
    );
    return true;
  }

  unmount(name: string | undefined, on: string): boolean {
    const target = this.find(on);
    const old = target && this.mounts.get(target);
    const source = name === undefined ? undefined : this.find(name);
    if (target === undefined || (name !== undefined && source === undefined) || old === undefined)
      return false;
    if (source === undefined) return this.mounts.delete(target);
    const member = this.members(source)[0]?.[0];
    const at = old.findIndex(([node]) => node === member);
    if (at < 0) return false;
    const rest = old.filter((_, i) => i !== at);
    if (rest.length > 0) this.mounts.set(target, rest);
    else this.mounts.delete(target);
    return true;
  }
}

const names = ['a', 'b', 'f'];

/** Three levels of directories a and b, with a file f in each. */
function build(path: string, depth: number): Node {
  if (depth === 0 || path.endsWith('/f')) return { path, kids: undefined };
  const entries = path === '/' || depth > 1 ? names : ['f'];
  const kids = entries.map(
    (name) => [name, build(`${path === '/' ? '' : path}/${name}`, depth - 1)] as const,
  );
  return { path, kids: new Map(kids) };
}

function paths(node: Node): string[] {
  return [node.path, ...[...(node.kids?.values() ?? [])].flatMap(paths)];
}

const tree = build('/', 4);
const all = paths(tree);
const files = Object.fromEntries(
  all.slice(1).map((path) => [path, path.endsWith('/f') ? path : undefined] as const),
);

/** Which node a name leads to, by the text of the file or the qid of the directory. */
async function identity(ns: Namespace, path: string, qids: ReadonlyMap<bigint, string>): Promise<string> {
  try {
    return qids.get((await ns.stat(path)).qid.path) ?? 'unknown';
  } catch {
    return 'nothing';
  }
}

const somePath = fc.constantFrom(...all);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('bind' as const),
      from: somePath,
      on: somePath,
      order: fc.constantFrom(MREPL, MBEFORE, MAFTER),
      create: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('unmount' as const), name: fc.option(somePath), on: somePath }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fork' as const), keep: fc.boolean() }) },
);

test.each([
  ['at once', 120],
  ['by promises', 40],
])('binds, unmounts and forks lead where the model says, when files answer %s', async (how, numRuns) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const server = ramWith(files);
      const later = new Later(server);
      let ns = await Namespace.create({ user: 'me', root: how === 'at once' ? server : later });
      let model = new Model(tree);
      const qids = new Map<bigint, string>();
      for (const path of all) qids.set((await ns.stat(path)).qid.path, path);
      const spaces: [Namespace, Model][] = [[ns, model]];
      for (const s of steps) {
        if (s.do === 'bind') {
          const refused = await failure(() => ns.bind(s.from, s.on, s.order | (s.create ? MCREATE : 0)));
          expect(refused === 'no error').toBe(model.bind(s.from, s.on, s.order, s.create));
        } else if (s.do === 'unmount') {
          const refused = await failure(() => ns.unmount(s.name ?? undefined, s.on));
          expect(refused === 'no error').toBe(model.unmount(s.name ?? undefined, s.on));
        } else {
          const fork: [Namespace, Model] = [ns.fork(), model.fork()];
          spaces.push(fork);
          if (!s.keep) [ns, model] = fork;
        }
      }
      for (const [space, its] of spaces) {
        for (const path of all) {
          const node = its.find(path);
          const want = node && its.members(node)[0]?.[0].path;
          expect(await identity(space, path, qids), path).toBe(want ?? 'nothing');
        }
        space.close();
      }
      for (let i = 0; i < 100 && later.live > 0; i++) await null;
      expect(later.live).toBe(0);
    }),
    { numRuns },
  );
});
