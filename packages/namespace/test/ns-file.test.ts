import { ramfs } from '@llambo/styx/fs';
import { describe, expect, test } from 'vitest';
import { buildNamespace, EnvGroup, MAFTER, MBEFORE, MCREATE, type Namespace } from '../src/index.ts';
import { failure, names, onDevices, onRam, read } from './helpers.ts';

const tree = { a: undefined, 'a/x': 'ax', b: undefined, 'b/y': 'by', c: undefined, "it's": undefined };
const fresh = (): Namespace => onRam(tree);

describe('name space files', () => {
  test('bind, mount, unmount, cd, and comments', async () => {
    const ns = fresh();
    const text = `
# the usual places
bind -bc /a /b
bind '#e' /c
  unmount /c
mount -ac tcp!there!5640 /c main
bind -i /none /nowhere
cd /a
`;
    const same = await buildNamespace(ns, text, { dial: () => ramfs() });
    expect(same).toBe(ns);
    expect(ns.toString()).toBe(
      'bind /b /b\nbind -bc /a /b\nbind /c /c\nmount -ac tcp!there!5640 /c main\ncd /a\n',
    );
  });

  test('what is printed builds the same name space', async () => {
    const ns = fresh();
    await ns.bind('#c', '/a', MBEFORE);
    await ns.bind('/b', '/c', MCREATE);
    await ns.bind('#e', "/it's", MAFTER);
    await ns.chdir('/b');
    const again = await buildNamespace(fresh(), ns.toString());
    expect(again.toString()).toBe(ns.toString());
    for (const path of ['/a', '/b', '/c', "/it's"])
      expect(await names(again, path)).toEqual(await names(ns, path));
  });

  test('fork, new and nodev', async () => {
    const ns = fresh();
    const jail = await buildNamespace(ns, 'fork\nbind /b /c\ncd /a\nnew\nnodev');
    expect(jail).not.toBe(ns);
    expect(ns.mounts()).toEqual([]);
    expect(await names(jail, '/')).toEqual(['x']);
    expect(await failure(() => jail.stat('#c'))).toBe('mount/attach disallowed');
  });

  test('variables, and files that are included', async () => {
    const ns = fresh();
    await ns.writeFile('/b/more', 'bind $from /c\n');
    const by = { signal: new AbortController().signal, env: new EnvGroup({ from: '/a', n: 'b' }) };
    await buildNamespace(ns, '. /$n/more', { by });
    expect(await read(ns, '/c/x')).toBe('ax');
    await ns.writeFile('/b/loop', '. /b/loop\n');
    expect(await failure(() => buildNamespace(ns, '. /b/loop'))).toContain('files are included too deep');
  });

  test('the first line that fails is named', async () => {
    const bad = (text: string): Promise<string> => failure(() => buildNamespace(onDevices(), text));
    expect(await bad('bind #c /dev\n\nbind /nope /dev')).toBe("line 3: bind: '/nope' file does not exist");
    expect(await bad('bind /dev')).toBe('line 1: bind: usage: bind [-abci] old new');
    expect(await bad('bind -x /dev /n')).toBe('line 1: bind: usage: bind [-abci] old new');
    expect(await bad('mount tcp!a /n')).toBe('line 1: mount: no way to dial is known');
    expect(await bad('frob')).toBe(
      'line 1: frob: unknown operation: expected bind, mount, unmount, cd, fork, new, nodev, .',
    );
    expect(await bad('constructor')).toContain('unknown operation');
    expect(await bad("bind '/dev")).toContain('quote is not closed');
  });
});
