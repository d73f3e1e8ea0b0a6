import { DMDIR, OEXEC, ORDWR, OREAD, OWRITE, wstatDir } from '@llambo/styx';
import { ramfs } from '@llambo/styx/fs';
import { describe, expect, test } from 'vitest';
import { MAFTER, MBEFORE, MCACHE, MCREATE, MREPL, type Namespace, OEXCL } from '../src/index.ts';
import { failure, Later, names, onDevices, onRam, read } from './helpers.ts';

const tree = {
  a: undefined,
  'a/one': 'a1',
  'a/both': 'a',
  'a/sub': undefined,
  'a/sub/x': 'ax',
  b: undefined,
  'b/two': 'b2',
  'b/both': 'b',
  c: undefined,
  f: 'file f',
  g: 'file g',
};

const fresh = (): Namespace => onRam(tree);

describe('bind(2), replacing', () => {
  test('the old name is an alias of the new file, which keeps its own', async () => {
    const ns = fresh();
    expect(ns.bind('/a', '/c')).toBeGreaterThan(0);
    expect(await names(ns, '/c')).toEqual(await names(ns, '/a'));
    expect(await read(ns, '/c/one')).toBe('a1');
    expect(await read(ns, '/c/sub/x')).toBe('ax');
  });

  test('files can be bound on files', async () => {
    const ns = fresh();
    await ns.bind('/f', '/g');
    expect(await read(ns, '/g')).toBe('file f');
    await ns.unmount(undefined, '/g');
    expect(await read(ns, '/g')).toBe('file g');
  });

  test('what is bound is what the name meant then; walks through it see what covers it now', async () => {
    const ns = fresh();
    await ns.bind('/a', '/c');
    await ns.bind('/b', '/a');
    expect(await names(ns, '/c')).toEqual(['one', 'both', 'sub']);
    expect(await names(ns, '/a')).toEqual(['two', 'both']);
    expect(await read(ns, '/c/two')).toBe('b2');
    await ns.chdir('/c');
    expect(await read(ns, 'one')).toBe('a1');
  });

  test('a second bind in the same place replaces the first', async () => {
    const ns = fresh();
    await ns.bind('/a', '/c');
    await ns.bind('/b', '/c');
    expect(await names(ns, '/c')).toEqual(['two', 'both']);
    expect(ns.mounts().length).toBe(1);
  });

  test('directories and files do not mix', async () => {
    const ns = fresh();
    expect(await failure(() => ns.bind('/a', '/f'))).toBe('inconsistent mount');
    expect(await failure(() => ns.bind('/f', '/a'))).toBe('inconsistent mount');
    expect(await failure(() => ns.bind('/f', '/g', MBEFORE))).toBe('inconsistent mount');
    expect(await failure(() => ns.bind('/none', '/a'))).toBe("'/none' file does not exist");
    expect(await failure(() => ns.bind('/a', '/c/none'))).toBe("'/c/none' does not exist");
    expect(await failure(() => ns.bind('/a', '/c', MBEFORE | MAFTER))).toBe('bad arg in system call');
    expect(await failure(() => ns.bind('/a', '/c', 32))).toBe('bad arg in system call');
    expect(ns.mounts()).toEqual([]);
  });
});

describe('union directories', () => {
  test('before and after: walks try the members in order, reads give them all', async () => {
    const ns = fresh();
    await ns.bind('/a', '/b', MBEFORE);
    expect(await names(ns, '/b')).toEqual(['one', 'both', 'sub', 'two', 'both']);
    expect(await read(ns, '/b/both')).toBe('a');
    expect(await read(ns, '/b/two')).toBe('b2');
    const after = fresh();
    await after.bind('/a', '/b', MAFTER);
    expect(await names(after, '/b')).toEqual(['two', 'both', 'one', 'both', 'sub']);
    expect(await read(after, '/b/both')).toBe('b');
    expect(await read(after, '/b/sub/x')).toBe('ax');
  });

  test('only the directory itself is a union, not what is below', async () => {
    const ns = onRam({
      a: undefined,
      'a/s': undefined,
      'a/s/x': '',
      b: undefined,
      'b/s': undefined,
      'b/s/y': '',
    });
    await ns.bind('/a', '/b', MBEFORE);
    expect(await names(ns, '/b/s')).toEqual(['x']);
    expect(await failure(() => ns.stat('/b/s/y'))).toBe("'/b/s/y' does not exist");
  });

  test('a union that is bound elsewhere is copied', async () => {
    const ns = fresh();
    await ns.bind('/a', '/b', MBEFORE);
    await ns.bind('/b', '/c');
    expect(await names(ns, '/c')).toEqual(['one', 'both', 'sub', 'two', 'both']);
    await ns.unmount(undefined, '/b');
    expect(await names(ns, '/b')).toEqual(['two', 'both']);
    expect(await read(ns, '/c/two')).toBe('b2');
    expect(await read(ns, '/c/both')).toBe('a');
  });

  test('files are made in the first member that allows it', async () => {
    const ns = fresh();
    await ns.bind('/a', '/c', MBEFORE);
    expect(await failure(() => ns.create('/c/new', OWRITE, 0o666))).toBe(
      'mounted directory forbids creation',
    );
    await ns.bind('/b', '/c', MAFTER | MCREATE);
    await ns.writeFile('/c/new', 'made');
    expect(await read(ns, '/b/new')).toBe('made');
    await ns.bind('/a', '/c', MBEFORE | MCREATE);
    await ns.writeFile('/c/newer', 'made');
    expect(await read(ns, '/a/newer')).toBe('made');
    await ns.writeFile('/c/two', 'over');
    expect(await read(ns, '/b/two'), 'an existing file is opened where it is').toBe('over');
  });

  test('MCREATE is not for unions of several, nor for what forbids it', async () => {
    const ns = fresh();
    await ns.bind('/a', '/b', MBEFORE);
    expect(await failure(() => ns.bind('/b', '/c', MCREATE))).toBe('inconsistent mount');
    const one = fresh();
    await one.bind('/a', '/b');
    expect(await failure(() => one.bind('/b', '/c', MCREATE))).toBe('inconsistent mount');
    await one.bind('/a', '/b', MCREATE);
    await one.bind('/b', '/c', MCREATE | MCACHE);
    await one.writeFile('/c/new', 'x');
    expect(await read(one, '/a/new')).toBe('x');
  });

  test('a directory can be bound on itself, to allow or order', async () => {
    const ns = fresh();
    await ns.bind('/a', '/a', MCREATE);
    await ns.writeFile('/a/new', 'x');
    expect(await read(ns, '/a/new')).toBe('x');
  });

  test('seek to 0 reads a union again; a member that fails is passed over', async () => {
    const ns = fresh();
    await ns.bind('/a', '/b', MBEFORE);
    const chan = await ns.open('/b', OREAD);
    const first = await chan.dirread();
    await chan.seek(0);
    expect(await chan.dirread()).toEqual(first);
    expect(await failure(() => chan.seek(1))).toBe('file is a directory');
    await chan.close();
    await ns.wstat('/a', wstatDir({ mode: (DMDIR | 0o311) >>> 0 }));
    await ns.unmount(undefined, '/b');
    await ns.bind('/b', '/c');
    await ns.bind('/a', '/c', MAFTER);
    expect(await names(ns, '/c')).toEqual(['two', 'both']);
  });

  test('the entries of different servers tell them apart', async () => {
    const ns = fresh();
    await ns.mount(ramfs(), '/c', MREPL);
    const [c] = [await ns.stat('/c')];
    const a = await ns.stat('/a');
    expect([c.type, c.dev === a.dev]).toEqual(['M'.charCodeAt(0), false]);
    const chan = await ns.open('/', OREAD);
    const dirs = await chan.dirread();
    expect(new Set(dirs.map((dir) => `${dir.type} ${dir.dev}`)).size).toBe(1);
  });
});

describe('unmount(2)', () => {
  test('all, or one member', async () => {
    const ns = fresh();
    await ns.bind('/a', '/c', MBEFORE);
    await ns.bind('/b', '/c', MBEFORE);
    await ns.unmount('/a', '/c');
    expect(await names(ns, '/c')).toEqual(['two', 'both']);
    await ns.unmount(undefined, '/c');
    expect(await names(ns, '/c')).toEqual([]);
    expect(ns.mounts()).toEqual([]);
  });

  test('the last member ends the mount', async () => {
    const ns = fresh();
    await ns.bind('/a', '/c');
    await ns.unmount('/a', '/c');
    expect(ns.mounts()).toEqual([]);
    expect(await names(ns, '/c')).toEqual([]);
  });

  test('what is not there', async () => {
    const ns = fresh();
    expect(await failure(() => ns.unmount(undefined, '/c'))).toBe('not mounted');
    await ns.bind('/a', '/c', MBEFORE);
    expect(await failure(() => ns.unmount('/b', '/c'))).toBe('not in union');
    expect(await failure(() => ns.unmount('/none', '/c'))).toBe("'/none' file does not exist");
  });

  test('a mount, by the channel that it came over', async () => {
    const ns = onDevices();
    const [a, b] = await ns.pipe();
    await ns.mount(ramfs(), '/n', MREPL, { channel: a, source: a.path });
    await ns.bind('#d', '/fd');
    const { FdGroup } = await import('../src/index.ts');
    const fds = new FdGroup();
    const fd = fds.add(a);
    const by = { signal: new AbortController().signal, fds };
    await ns.unmount(`/fd/${fd}`, '/n', by);
    expect(ns.mounts().length).toBe(1);
    fds.release();
    await b.close();
  });

  test('channels outlive the mount that they were opened through', async () => {
    const ns = fresh();
    await ns.mount(ramfs(), '/c', MCREATE);
    const chan = await ns.create('/c/x', ORDWR, 0o666);
    await ns.unmount(undefined, '/c');
    await chan.write(new Uint8Array(3));
    expect((await chan.pread(0, 10)).length).toBe(3);
    await chan.close();
  });
});

describe('names', () => {
  test('dot, dot-dot and the working directory', async () => {
    const ns = fresh();
    await ns.chdir('/a/sub');
    expect(ns.dot).toBe('/a/sub');
    expect(await read(ns, 'x')).toBe('ax');
    expect(await read(ns, './../sub/./x')).toBe('ax');
    expect(await read(ns, '../../b/two')).toBe('b2');
    expect(await failure(() => ns.chdir('x'))).toBe('not a directory');
    expect(ns.dot).toBe('/a/sub');
    await ns.chdir('..');
    expect(ns.dot).toBe('/a');
  });

  test('dot-dot leaves a mounted tree at the mount point', async () => {
    const ns = fresh();
    await ns.bind('/a/sub', '/c');
    expect(await read(ns, '/c/../f')).toBe('file f');
    await ns.chdir('/c');
    expect(await read(ns, 'x')).toBe('ax');
    await ns.chdir('..');
    expect(ns.dot).toBe('/');
    await ns.mount(ramfs(), '/c', MCREATE);
    await (await ns.create('/c/deep', OREAD, (DMDIR | 0o777) >>> 0)).close();
    expect(await read(ns, '/c/deep/../../f')).toBe('file f');
    expect((await ns.open('/c/deep/..', OREAD)).path).toBe('/c');
  });

  test('a directory that does not exist has no dot-dot', async () => {
    const ns = fresh();
    expect(await failure(() => ns.stat('/none/../f'))).toBe("'/none' file does not exist");
    expect(await failure(() => ns.stat('/f/../f'))).toBe("'/f' not a directory");
  });

  test('a trailing slash asks for a directory', async () => {
    const ns = fresh();
    expect((await ns.stat('/a/')).name).toBe('a');
    expect(await failure(() => ns.open('/f/', OREAD))).toBe("'/f' not a directory");
    expect(await failure(() => ns.create('/x/', OWRITE, 0o666))).toBe("'/x' create without DMDIR");
    await (await ns.create('/x/', OREAD, (DMDIR | 0o777) >>> 0)).close();
    expect(await failure(() => ns.open('/a', OEXEC))).toBe('cannot exec directory');
  });

  test('errors name the element that failed, long names from their end', async () => {
    const ns = fresh();
    expect(await failure(() => ns.stat('/a/none/deeper'))).toBe("'/a/none' does not exist");
    expect(await failure(() => ns.stat('/f/x'))).toBe("'/f' not a directory");
    expect(await failure(() => ns.stat(`/a/${'long'.repeat(12)}`))).toBe(
      `'.../${'long'.repeat(12)}' does not exist`,
    );
    expect(await failure(() => ns.stat("/it's"))).toBe("'/it''s' file does not exist");
  });

  test('the name that led to a file stays with it', async () => {
    const ns = fresh();
    await ns.bind('/a', '/c');
    expect((await ns.open('/c/./sub/../one', OREAD)).path).toBe('/c/one');
    expect((await ns.open('#c/null', OREAD)).path).toBe('#c/null');
  });

  test('hostile names', async () => {
    const ns = fresh();
    expect(await failure(() => ns.stat(''))).toBe('empty file name');
    expect(await failure(() => ns.stat('/a\0b'))).toMatch(/^bad character in file name/);
    expect(await failure(() => ns.stat('/a\nb'))).toMatch(/^bad character in file name/);
    expect(await failure(() => ns.stat('x'.repeat(70_000)))).toBe('name too long');
    expect(await failure(() => ns.stat('/é'.repeat(30_000)))).toBe('name too long');
    expect(await failure(() => ns.stat(`${'/a/sub/../..'.repeat(1000)}/f`))).toBe('no error');
    expect(await failure(() => ns.stat(`${'/..'.repeat(5000)}/f`))).toBe('no error');
    for (const name of ['#', '#M', '#z', '#\u{1F600}', '#M/x', '##', '#/none']) {
      expect(await failure(() => ns.stat(name)), name).not.toBe('no error');
    }
    expect(await failure(() => ns.stat('#c/../../../a'))).toBe("'#c/../../../a' file does not exist");
  });
});

describe('create(2)', () => {
  test('an existing file is opened and emptied, unless OEXCL', async () => {
    const ns = fresh();
    await (await ns.create('/f', OWRITE, 0o600)).close();
    expect(await read(ns, '/f')).toBe('');
    expect(await failure(() => ns.create('/g', OWRITE | OEXCL, 0o666))).toBe('file already exists');
    expect(await read(ns, '/g')).toBe('file g');
    await (await ns.create('/h', OWRITE | OEXCL, 0o666)).close();
    expect(await failure(() => ns.create('/', OREAD, 0o666))).toBe('file already exists');
    expect(await failure(() => ns.create('/none/x', OREAD, 0o666))).toBe("'/none' file does not exist");
  });

  test('the error of the create is the one that is told', async () => {
    const ns = fresh();
    await ns.wstat('/c', wstatDir({ mode: (DMDIR | 0o555) >>> 0 }));
    expect(await failure(() => ns.create('/c/x', OWRITE, 0o666))).toBe('permission denied');
    expect(await failure(() => ns.open('/c/x', OWRITE))).toBe("'/c/x' does not exist");
    expect(await failure(() => ns.open('/f', 0x100))).toBe('bad arg in system call');
  });
});

describe('groups', () => {
  test('a fork changes on its own', async () => {
    const ns = fresh();
    await ns.bind('/a', '/c');
    await ns.chdir('/a');
    const fork = ns.fork();
    expect(fork.toString()).toBe(ns.toString());
    await fork.bind('/b', '/c');
    await fork.chdir('/');
    expect(await names(ns, '/c')).toEqual(['one', 'both', 'sub']);
    expect(await names(fork, '/c')).toEqual(['two', 'both']);
    await ns.unmount(undefined, '/c');
    expect(await names(fork, '/c')).toEqual(['two', 'both']);
    expect([ns.dot, fork.dot]).toEqual(['/a', '/']);
    ns.close();
    expect(await names(fork, '/c')).toEqual(['two', 'both']);
    expect(await failure(() => ns.bind('/a', '/c'))).not.toBe('no error');
  });

  test('a new one has the working directory as its root and nothing else', async () => {
    const ns = fresh();
    await ns.bind('/b', '/a/sub');
    await ns.chdir('/a');
    const jail = ns.rooted();
    ns.close();
    expect(await names(jail, '/')).toEqual(['one', 'both', 'sub']);
    expect(await names(jail, '/sub')).toEqual(['x']);
    expect(jail.mounts()).toEqual([]);
    for (const name of ['/../f', '../f', '../../../f', '/sub/../../f']) {
      const there = await failure(() => jail.stat(name));
      expect(there, `${name}: a device of its own knows what is above`).toMatch(/no error|does not exist/);
    }
    jail.close();
  });

  test('without devices, the private ones stay', async () => {
    const ns = onDevices({ more: { M2: ramfs() } });
    await ns.bind('#c', '/dev');
    const safe = ns.fork();
    safe.forbidDevices();
    for (const name of ['#c', '#d', '#p', '#/', '#sname', '#M']) {
      expect(await failure(() => safe.stat(name)), name).toBe('mount/attach disallowed');
    }
    for (const name of ['#|', '#e', '#s'])
      expect(await failure(() => safe.stat(name)), name).toBe('no error');
    expect(await failure(() => safe.fork().stat('#c'))).toBe('mount/attach disallowed');
    expect(await failure(() => ns.stat('#c'))).toBe('no error');
    expect(await read(safe, '/dev/user')).toBe('me');
  });

  test('10,000 forks of a name space with 12 mounts share it', () => {
    const ns = onRam({ ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`d${i}`, undefined])) });
    for (let i = 0; i < 12; i++) ns.bind(`/d${(i + 1) % 12}`, `/d${i}`, MBEFORE);
    const forks = Array.from({ length: 10_000 }, () => ns.fork());
    expect(new Set(forks.map((fork) => fork.table)).size).toBe(1);
    forks[0]?.bind('/d0', '/d5');
    expect(forks[0]?.table).not.toBe(ns.table);
    expect(forks[0]?.table.heads.filter((head) => ns.table.heads.includes(head)).length).toBe(11);
    for (const fork of forks) fork.close();
    expect(ns.table.shared).toBe(false);
    expect(ns.mounts().length, 'the last bind was of a union').toBe(25);
  });
});

test('files are given up with the last reference to them', async () => {
  const counted = new Later(ramfs());
  const ns = fresh();
  await ns.mount(counted, '/c', MCREATE);
  await ns.bind('/c', '/a', MBEFORE);
  await ns.writeFile('/c/f', 'x');
  await (await ns.create('/c/d', OREAD, (DMDIR | 0o777) >>> 0)).close();
  await ns.writeFile('/c/d/g', 'x');
  const fork = ns.fork();
  for (const space of [ns, fork]) {
    await names(space, '/a');
    await read(space, '/a/f');
    await failure(() => space.stat('/a/none'));
    await failure(() => space.stat('/a/d/none/x'));
    await failure(() => space.open('/a/f/x', OREAD));
    await failure(() => space.create('/a/none/x', OREAD, 0));
    await failure(() => space.bind('/a/d', '/f'));
    await space.chdir('/c/d');
    await read(space, 'g');
    await read(space, '../d/./g');
    await space.chdir('/');
  }
  await ns.remove('/c/f');
  await ns.bind('/c/d', '/b');
  ns.close();
  fork.close();
  // Clunks are not waited for by those who cause them.
  for (let i = 0; i < 100 && counted.live > 0; i++) await null;
  expect(counted.live).toBe(0);
});
