import { ORDWR, OREAD, OTRUNC, OWRITE, StyxError, wstatDir } from '@llambo/styx';
import { describe, expect, test } from 'vitest';
import {
  type Caller,
  ClosedPipeError,
  Console,
  EnvGroup,
  FdGroup,
  type FileIO,
  MAFTER,
  MBEFORE,
  MCREATE,
  type Namespace,
  type Prog,
  type Queue,
} from '../src/index.ts';
import { bytes, failure, names, onDevices, read, string } from './helpers.ts';

function caller(parts: Omit<Caller, 'signal'> = {}): Caller & { stop: () => void } {
  const controller = new AbortController();
  return { ...parts, signal: controller.signal, stop: () => controller.abort() };
}

describe('#c', () => {
  test('the small files', async () => {
    const ns = onDevices({ sysname: 'gnot', version: 'test 1', now: () => 1_700_000_000_000_001n });
    await ns.bind('#c', '/dev');
    expect(await read(ns, '/dev/sysname')).toBe('gnot');
    expect(await read(ns, '/dev/user')).toBe('me');
    expect(await read(ns, '/dev/user', caller({ user: 'you' }))).toBe('you');
    expect(await read(ns, '/dev/time')).toBe('1700000000000001');
    expect(await read(ns, '/dev/sysctl')).toBe('test 1');
    expect(await read(ns, '/dev/msec')).toMatch(/^ *[0-9]+ $/);
    expect(await read(ns, '/dev/drivers')).toContain('#| pipe\n');
    expect(await read(ns, '/dev/null')).toBe('');
    await ns.writeFile('/dev/null', 'gone');
    expect(await failure(() => ns.open('/dev/sysname', OWRITE))).toBe('permission denied');
    for (const endless of ['random', 'notquiterandom', 'zero']) {
      const chan = await ns.open(`/dev/${endless}`, OREAD);
      expect((await chan.read(100)).length).toBe(100);
      const some = (await chan.read(64)).slice();
      expect(some.every((byte) => byte === 0)).toBe(endless === 'zero');
      await chan.close();
    }
  });

  const terminal = () => {
    let out = '';
    const raw: boolean[] = [];
    const console = new Console({ write: (b) => void (out += string(b)), setRaw: (on) => void raw.push(on) });
    const ns = onDevices({ console });
    ns.bind('#c', '/dev');
    return { ns, console, out: () => out, raw };
  };

  test('lines are edited as they are typed', async () => {
    const { ns, console } = terminal();
    const cons = await ns.open('/dev/cons', OREAD);
    console.type('wrong\x15ab\bc\nrest');
    expect(string(await cons.read(100))).toBe('ac\n');
    console.type('é\bx\n');
    expect(string(await cons.read(2))).toBe('re');
    expect(string(await cons.read(100))).toBe('stx\n');
    console.type('no newline\x04');
    expect(string(await cons.read(100))).toBe('no newline');
    console.type('\x04');
    expect((await cons.read(100)).length).toBe(0);
  });

  test('reads wait, and are interrupted without loss', async () => {
    const { ns, console } = terminal();
    const cons = await ns.open('/dev/cons', OREAD);
    const by = caller();
    const waiting = cons.read(10, by);
    by.stop();
    expect(await failure(() => waiting)).toBe('interrupted');
    const again = cons.read(10);
    console.type('x\n');
    expect(string(await again)).toBe('x\n');
    const last = cons.read(10);
    console.hangup();
    expect((await last).length).toBe(0);
  });

  test('raw mode lasts as long as who asked for it', async () => {
    const { ns, console, raw, out } = terminal();
    const ctl = await ns.open('/dev/consctl', OWRITE);
    await ctl.write(bytes('rawon'));
    const cons = await ns.open('/dev/cons', ORDWR);
    console.type('a\b');
    expect(string(await cons.read(10))).toBe('a\b');
    expect(await failure(() => ctl.write(bytes('rawish')))).toBe(
      'unknown control request "rawish": expected rawon, rawoff',
    );
    await ctl.close();
    expect(raw).toEqual([true, false]);
    console.type('a\bb\n');
    expect(string(await cons.read(10))).toBe('b\n');
    await cons.write(bytes('printed'));
    expect(out()).toBe('printed');
  });
});

describe('#e', () => {
  const setUp = (): Namespace => {
    const ns = onDevices();
    ns.bind('#e', '/env', MCREATE);
    return ns;
  };

  test('shows each caller the variables of their own group', async () => {
    const ns = setUp();
    const one = caller({ env: new EnvGroup({ home: '/usr/one' }) });
    const two = caller({ env: new EnvGroup() });
    await ns.writeFile('/env/x', '1', one);
    expect(one.env?.get('x')).toBe('1');
    expect((await names(ns, '/env', one)).sort()).toEqual(['home', 'x']);
    expect(await names(ns, '/env', two)).toEqual([]);
    expect(await failure(() => ns.stat('/env/x', two))).toBe("'/env/x' file does not exist");
    two.env?.set('x', '2');
    expect(await read(ns, '/env/x', two)).toBe('2');
    await ns.remove('/env/x', one);
    expect(one.env?.get('x')).toBeUndefined();
    expect(two.env?.get('x')).toBe('2');
  });

  test('a fork of a group is a copy', () => {
    const group = new EnvGroup({ a: '1', b: '2' });
    const copy = group.fork();
    copy.set('a', 'one');
    group.delete('b');
    expect([group.get('a'), copy.get('a'), group.get('b'), copy.get('b')]).toEqual([
      '1',
      'one',
      undefined,
      '2',
    ]);
  });

  test('values are files, with offsets, truncation and limits', async () => {
    const ns = setUp();
    const by = caller({ env: new EnvGroup({}, { bytes: 1000, variables: 3 }) });
    const chan = await ns.create('/env/v', ORDWR, 0o666, by);
    await chan.write(bytes('abc'), by);
    await chan.pwrite(5, bytes('x'), by);
    expect(string(await chan.pread(0, 10, by))).toBe('abc\0\0x');
    expect((await ns.stat('/env/v', by)).length).toBe(6n);
    await (await ns.open('/env/v', OWRITE | OTRUNC, by)).close();
    expect((await ns.stat('/env/v', by)).length).toBe(0n);
    expect(await failure(() => chan.pwrite(0, new Uint8Array(2000), by))).toBe(
      'no free environment resources',
    );
    expect(await failure(() => chan.pwrite(1e9, bytes('x'), by))).toBe('file too large');
    expect(await failure(() => ns.create(`/env/${'n'.repeat(128)}`, OWRITE, 0o666, by))).toBe(
      'name too long',
    );
    await ns.writeFile('/env/w', '', by);
    await ns.writeFile('/env/y', '', by);
    expect(await failure(() => ns.writeFile('/env/z', '', by))).toBe('no free environment resources');
  });
});

describe('#|', () => {
  test('write boundaries are kept, and an empty write is an empty read', async () => {
    const [a, b] = await onDevices().pipe();
    for (const text of ['one', 'two', '', 'three']) await a.write(bytes(text));
    expect(string(await b.read(100))).toBe('one');
    expect(string(await b.read(2))).toBe('tw');
    expect(string(await b.read(100))).toBe('o');
    expect((await b.read(100)).length).toBe(0);
    expect(string(await b.read(100))).toBe('three');
    await b.write(bytes('back'));
    expect(string(await a.read(100))).toBe('back');
  });

  test('the length of an end is what waits there', async () => {
    const [a, b] = await onDevices().pipe();
    await a.write(bytes('12345'));
    expect((await b.stat()).length).toBe(5n);
    expect((await a.stat()).length).toBe(0n);
    expect(await failure(() => a.seek(0))).toBe('seek on a stream');
  });

  test('a writer waits above the high-water mark, until half is read', async () => {
    const [a, b] = await onDevices().pipe();
    const block = new Uint8Array(20 * 1024);
    await a.write(block);
    await a.write(block);
    let written = false;
    const waiting = Promise.resolve(a.write(block)).then(() => (written = true));
    await b.read(block.length);
    await Promise.resolve();
    expect(written).toBe(false);
    await b.read(block.length);
    await waiting;
    const by = caller();
    await a.write(block);
    const third = a.write(block, by);
    by.stop();
    expect(await failure(() => third)).toBe('interrupted');
  });

  test('large writes are cut into blocks', async () => {
    const [a, b] = await onDevices().pipe();
    const large = new Uint8Array(300 * 1024).map((_, i) => i);
    const writing = a.write(large);
    let got = 0;
    while (got < large.length) {
      const piece = await b.read(1 << 20);
      expect(piece.length).toBeLessThanOrEqual(128 * 1024);
      expect(piece[0]).toBe(large[got]);
      got += piece.length;
    }
    expect(await writing).toBe(large.length);
  });

  test('the last close of an end is end of file, then an error; writes fail', async () => {
    const [a, b] = await onDevices().pipe();
    await a.write(bytes('last'));
    const twin = a.dup();
    await a.close();
    await b.write(bytes('still read'));
    await twin.close();
    expect(string(await b.read(10))).toBe('last');
    for (let i = 0; i < 3; i++) expect((await b.read(10)).length).toBe(0);
    expect(await failure(() => b.read(10))).toBe('i/o on hungup channel');
    expect(() => b.write(bytes('x'))).toThrow(ClosedPipeError);
  });

  test('a close wakes who waits', async () => {
    const [a, b] = await onDevices().pipe();
    const reading = b.read(10);
    await a.close();
    expect((await reading).length).toBe(0);
    const [c, d] = await onDevices().pipe();
    await c.write(new Uint8Array(40_000));
    const writing = c.write(bytes('more'));
    await d.close();
    expect(await failure(() => writing)).toBe('i/o on hungup channel');
  });

  test('every bind is a pipe of its own, usable again when both ends were closed', async () => {
    const ns = onDevices();
    await ns.bind('#|', '/chan');
    await ns.bind('#|', '/mnt');
    expect(await names(ns, '/chan')).toEqual(['data', 'data1']);
    for (let i = 0; i < 2; i++) {
      const a = await ns.open('/chan/data', ORDWR);
      const b = await ns.open('/chan/data1', ORDWR);
      const other = await ns.open('/mnt/data1', ORDWR);
      await a.write(bytes('x'));
      expect((await other.stat()).length).toBe(0n);
      expect(string(await b.read(10))).toBe('x');
      for (const chan of [a, b, other]) await chan.close();
    }
  });
});

describe('#d', () => {
  test('a descriptor opens as the channel itself', async () => {
    const ns = onDevices();
    await ns.bind('#d', '/fd');
    const fds = new FdGroup();
    const by = caller({ fds });
    const [a, b] = await ns.pipe();
    expect([fds.add(a), fds.add(b)]).toEqual([0, 1]);
    expect(await names(ns, '/fd', by)).toEqual(['0', '0ctl', '1', '1ctl']);
    const same = await ns.open('/fd/0', ORDWR, by);
    expect(same).toBe(a);
    await same.write(bytes('x'));
    await same.close();
    expect(string(await b.read(10))).toBe('x');
    expect(await read(ns, '/fd/1ctl', by)).toMatch(
      /^ {2}1 rw \| +0 \([0-9a-f]{16} 0 00\) 32768 +1 #\|\/data1\n$/,
    );
    expect(await failure(() => ns.open('/fd/7', OREAD, by))).toBe("'/fd/7' file does not exist");
    expect(await failure(() => ns.open('/fd/0', OREAD))).toBe("'/fd/0' file does not exist");
    expect((await ns.stat('/fd/0', by)).mode).toBe(0o600);
  });

  test('a descriptor opens only for what it is open for', async () => {
    const ns = onDevices();
    await ns.bind('#d', '/fd');
    await ns.bind('#c', '/dev');
    const fds = new FdGroup();
    const by = caller({ fds });
    fds.add(await ns.open('/dev/null', OREAD));
    expect(await failure(() => ns.open('/fd/0', OWRITE, by))).toBe('inappropriate use of fd');
    expect(await failure(() => ns.open('/fd/0', OREAD, by))).toBe('no error');
  });

  test('groups of descriptors: dup, fork, keep, close', async () => {
    const ns = onDevices();
    await ns.bind('#c', '/dev');
    const fds = new FdGroup(10);
    const chan = await ns.open('/dev/null', OREAD);
    fds.add(chan);
    expect(fds.dup(0)).toBe(1);
    expect(fds.dup(0, 5)).toBe(5);
    expect(fds.dup(5, 5)).toBe(5);
    expect(chan.refs).toBe(3);
    const fork = fds.fork();
    const kept = fds.keep([5, 7]);
    expect(chan.refs).toBe(7);
    expect([...kept].map(([fd]) => fd)).toEqual([5]);
    fds.close(1);
    expect(fds.add((await ns.open('/dev/null', OREAD)) as never)).toBe(1);
    expect(await failure(() => fds.close(9))).toBe('fd out of range or not open');
    expect(await failure(() => fds.dup(0, 10))).toBe('fd out of range or not open');
    while (fds.has(0) && [...fds].length < 10) fds.dup(0);
    expect(await failure(() => fds.dup(0))).toBe('no free file descriptors');
    for (const group of [fds, fork, kept]) group.release();
    expect(chan.refs).toBe(0);
  });
});

describe('#s and file2chan', () => {
  const echo = (): FileIO & { closed: number[] } => {
    const store = new Map<number, Uint8Array>();
    const closed: number[] = [];
    return {
      closed,
      read: ({ offset, count, fid }) => (store.get(fid) ?? bytes('')).subarray(offset, offset + count),
      write({ data, fid }) {
        store.set(fid, data.slice());
        return data.length;
      },
      close: (fid) => void closed.push(fid),
    };
  };

  test('reads and writes go to the server, with a fid for each open', async () => {
    const ns = onDevices();
    await ns.bind('#s', '/chan');
    const io = echo();
    await ns.file2chan('/chan', 'echo', io);
    expect(await names(ns, '/chan')).toEqual(['echo']);
    const a = await ns.open('/chan/echo', ORDWR);
    const b = await ns.open('/chan/echo', ORDWR);
    await a.write(bytes('from a'));
    await b.write(bytes('from b'));
    expect(string(await a.pread(0, 100))).toBe('from a');
    expect(string(await b.pread(5, 100))).toBe('b');
    await a.close();
    await b.close();
    expect(new Set(io.closed).size).toBe(2);
    expect(await failure(() => ns.file2chan('/chan', 'echo', io))).toBe('file already exists');
    expect(await failure(() => ns.create('/chan/other', OWRITE, 0o666))).toMatch(/permission denied|forbids/);
    expect(await failure(() => ns.file2chan('/dev', 'x', io))).toBe('directory not a srv device');
    expect((await ns.stat('/chan/echo')).mode).toBe(0o660);
  });

  test('it may be in a union, and more than asked for is cut off', async () => {
    const ns = onDevices();
    await ns.bind('#c', '/dev');
    await ns.bind('#s', '/dev', MAFTER);
    await ns.file2chan('/dev', 'long', { read: () => bytes('too long'), write: () => 0 });
    const chan = await ns.open('/dev/long', OREAD);
    expect(string(await chan.read(3))).toBe('too');
  });

  test('an interrupted request is given up, its answer goes nowhere', async () => {
    const ns = onDevices();
    await ns.bind('#s', '/chan', MBEFORE);
    let signal: AbortSignal | undefined;
    let answer: (data: Uint8Array) => void = () => {};
    await ns.file2chan('/chan', 'slow', {
      read: (request) => {
        signal = request.call.signal;
        return new Promise((resolve) => (answer = resolve));
      },
      write: () => {
        throw new StyxError('read only');
      },
    });
    const chan = await ns.open('/chan/slow', ORDWR);
    const by = caller();
    const reading = chan.read(10, by);
    by.stop();
    expect(await failure(() => reading)).toBe('interrupted');
    expect(signal?.aborted).toBe(true);
    answer(bytes('late'));
    const next = chan.read(10);
    answer(bytes('next'));
    expect(string(await next)).toBe('next');
    expect(await failure(() => chan.write(bytes('x')))).toBe('read only');
  });

  test('when the server goes, so do the file and what waits', async () => {
    const ns = onDevices();
    await ns.bind('#s', '/chan');
    const served = await ns.file2chan('/chan', 'f', { read: () => new Promise(() => {}), write: () => 0 });
    const chan = await ns.open('/chan/f', OREAD);
    const reading = chan.read(10);
    served.hangup();
    expect(await failure(() => reading)).toBe('i/o on hungup channel');
    expect(await failure(() => chan.read(10))).toBe('i/o on hungup channel');
    expect(await names(ns, '/chan')).toEqual([]);
  });

  test('a named instance is shared, an unnamed one private', async () => {
    const ns = onDevices();
    await ns.bind('#s', '/chan');
    await ns.file2chan('/chan', 'f', echo());
    await ns.bind('#s', '/mnt');
    expect(await names(ns, '/mnt')).toEqual([]);
    await ns.bind('#splumb', '/chan');
    await ns.file2chan('/chan', 'g', echo());
    await ns.bind('#splumb', '/mnt');
    expect(await names(ns, '/mnt')).toEqual(['g']);
    expect(await failure(() => ns.stat('#splumb', caller({ user: 'eve' })))).toBe('permission denied');
    await ns.wstat('/mnt/g', wstatDir({ mode: 0o666 }));
    expect((await ns.stat('/chan/g')).mode).toBe(0o666);
    await ns.remove('/chan/g');
    expect(await names(ns, '/mnt')).toEqual([]);
  });
});

describe('#p', () => {
  const setUp = () => {
    const progs = new Map<number, Prog>();
    const ns = onDevices({ progs: { pids: () => progs.keys(), get: (pid) => progs.get(pid) } });
    ns.bind('#p', '/prog');
    ns.bind('#c', '/dev', MBEFORE);
    const log: string[] = [];
    const queues = new Set<Queue>();
    const fds = new FdGroup();
    const prog: Prog = {
      pid: 7,
      group: 3,
      user: 'me',
      ticks: 83_250,
      state: 'ready',
      memory: 12,
      module: 'Sh',
      namespace: ns,
      fds,
      control(words) {
        if (words[0] !== 'kill') throw new StyxError(`unknown control request "${words[0]}"`);
        log.push(words.join(' '));
      },
      watch(queue) {
        queues.add(queue);
        return () => queues.delete(queue);
      },
    };
    progs.set(7, prog);
    return { ns, progs, log, queues, fds };
  };

  test('one directory a process', async () => {
    const { ns, progs, log, fds } = setUp();
    expect(await names(ns, '/prog')).toEqual(['7']);
    expect(await names(ns, '/prog/7')).toEqual([
      ...[
        'ctl',
        'dbgctl',
        'heap',
        'ns',
        'nsgrp',
        'pgrp',
        'stack',
        'status',
        'text',
        'wait',
        'fd',
        'exception',
      ],
    ]);
    expect(await read(ns, '/prog/7/status')).toBe(
      '       7        3         me    1:23.2      ready    12K Sh',
    );
    expect(await read(ns, '/prog/7/pgrp')).toBe('          3 ');
    const ns7 = await ns.open('/prog/7/ns', OREAD);
    const lines: string[] = [];
    for (let line = await ns7.read(100); line.length > 0; line = await ns7.read(100))
      lines.push(string(line));
    expect(lines).toEqual(['bind  #p /prog\n', 'bind  /dev /dev\n', 'bind -b #c /dev\n', 'cd /\n']);
    expect(await read(ns, '/prog/7/fd')).toBe('/\n');
    fds.add(await ns.open('/dev/null', OREAD));
    expect(await read(ns, '/prog/7/fd')).toMatch(
      /^\/\n {2}0 r {2}c +0 \([0-9a-f]{16} 0 00\) +0 +0 \/dev\/null\n$/,
    );
    const ctl = await ns.open('/prog/7/ctl', OWRITE);
    await ctl.write(bytes('kill\n'));
    expect(await failure(() => ctl.write(bytes('dance')))).toBe('unknown control request "dance"');
    expect(log).toEqual(['kill']);
    progs.delete(7);
    expect(await failure(() => ctl.write(bytes('kill')))).toBe('thread exited');
    expect(await names(ns, '/prog')).toEqual([]);
    for (const name of ['8', '07', '-7', 'x', '7 ', '99999999999999999999']) {
      expect(await failure(() => ns.stat(`/prog/${name}`)), name).toContain('does not exist');
    }
  });

  test('wait gives children as they exit', async () => {
    const { ns, queues } = setUp();
    const wait = await ns.open('/prog/7/wait', OREAD);
    const reading = wait.read(200);
    for (const queue of queues) void queue.write(bytes('9 "Echo":'), new AbortController().signal);
    expect(string(await reading)).toBe('9 "Echo":');
    await wait.close();
    expect(queues.size).toBe(0);
  });
});
