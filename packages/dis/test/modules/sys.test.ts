import type { Namespace } from '@llambo/namespace';
import { type Auth, pair, serve, type Transport } from '@llambo/styx';
import { dir, FileNode, serveTree, text } from '@llambo/styx/fs';
import { describe, expect, test } from 'vitest';
import { parseDialString } from '../../src/modules/sys/dial.ts';
import { cutError } from '../../src/modules/sys/fd.ts';
import { sysModule } from '../../src/modules/sys/index.ts';
import { goldenTests, testFile } from './golden.ts';
import { runProgram } from './program.ts';

describe('programs print what they print in the original emulator', () => goldenTests('sys'));

describe('the Loader module', () => goldenTests('loader'));

test('the interface is whole', () => {
  expect(sysModule.functions).toHaveLength(43);
  expect(sysModule.functions.find((f) => f.name === 'fwstat')).toMatchObject({ size: 104, map: '00bc' });
});

test.each([
  ['tcp!host!http', undefined, 'tcp', 'host!http'],
  ['/net.alt/udp!h!53', '/net.alt', 'udp', 'h!53'],
  ['host', undefined, 'net', 'host'],
])('dial string %s', (input, netdir, proto, rest) => {
  expect(parseDialString(input)).toEqual({ netdir, proto, rest });
});

test('error strings are cut at a whole character', () => {
  expect(cutError('short')).toBe('short');
  expect(cutError('é'.repeat(100))).toBe(`${'é'.repeat(61)}...`);
  expect(cutError('x'.repeat(128))).toBe(`${'x'.repeat(123)}...`);
  expect(cutError('x'.repeat(127))).toBe('x'.repeat(127));
});

/** A network whose one protocol echoes, through files as ip(3) has them. */
async function network(ns: Namespace): Promise<void> {
  const requests: string[] = [];
  const decoder = new TextDecoder();
  let echoed: Uint8Array = new Uint8Array();
  const ctl = (): FileNode =>
    new FileNode(
      () => ({
        read: (offset) => new TextEncoder().encode('0').subarray(offset),
        write(_offset, data) {
          requests.push(decoder.decode(data));
          return data.length;
        },
      }),
      {},
      0o666,
    );
  const data = new FileNode(
    () => ({
      read(offset, count) {
        return echoed.subarray(offset, offset + count);
      },
      write(_offset, bytes) {
        echoed = bytes.slice();
        return bytes.length;
      },
    }),
    {},
    0o666,
  );
  const tree = dir({
    requests: text(() => requests.join('\n')),
    echo: dir({ clone: ctl(), 0: dir({ ctl: ctl(), data, listen: ctl() }) }),
  });
  await ns.mount(serveTree(tree), '/net');
}

test('dial, announce and listen work on the files of a network', async () => {
  const { out, why } = await runProgram(testFile('net.dis'), { setup: (_machine, ns) => network(ns) });
  expect(out).toBe(
    [
      'dial 0 /net/echo/0 data 1 ctl 1',
      'echoed hello',
      'announce 0 /net/echo/0 ctl 1',
      'listen 0 /net/echo/0',
      'no such network -1',
      'connect somewhere!7',
      'announce *!9',
      '',
    ].join('\n'),
  );
  expect(why).toBe('');
});

test('a program that waits for a system call can be killed, and what it held is closed', async () => {
  let closes = 0;
  const never = new FileNode(
    () => ({
      read: (_offset, _count, call) =>
        new Promise((_, reject) => {
          call.signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
        }),
      close: () => {
        closes++;
      },
    }),
    {},
    0o444,
  );
  const { why } = await runProgram(testFile('block.dis'), {
    setup: async (machine, ns) => {
      await ns.mount(serveTree(dir({ never })), '/mnt');
      setTimeout(() => machine.kill(1), 50);
    },
  });
  expect(why).toBe('killed');
  expect(closes).toBe(1);
});

/** A file that is one end of a connection to `server`. */
function connectionFile(transport: Transport): FileNode {
  const arrived: Uint8Array[] = [];
  let wake = (): void => {};
  transport.start({
    data(chunk) {
      arrived.push(chunk.slice());
      wake();
    },
    closed: () => wake(),
  });
  return new FileNode(
    () => ({
      async read(_offset, count) {
        while (arrived.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const first = arrived[0]!;
        if (first.length <= count) arrived.shift();
        else arrived[0] = first.subarray(count);
        return first.subarray(0, count);
      },
      write(_offset, data) {
        transport.send([data.slice()], () => {});
        return data.length;
      },
    }),
    {},
    0o666,
  );
}

test('mounts a server that wants proof of who one is', async () => {
  const auth: Auth = {
    begin: () => {
      let proved = false;
      return {
        get proved() {
          return proved;
        },
        read: () => new TextEncoder().encode(proved ? 'welcome' : 'who are you'),
        write(data) {
          proved = new TextDecoder().decode(data) === 'sesame';
          return data.length;
        },
      };
    },
  };
  const { out } = await runProgram(testFile('fauth.dis'), {
    setup: async (_machine, ns) => {
      const [client, server] = pair();
      serve(server, serveTree(dir({ hello: text(() => 'hello') })), { auth });
      await ns.mount(serveTree(dir({ conn: connectionFile(client) })), '/net');
    },
  });
  expect(out).toBe(
    [
      'without proof -1',
      'fauth 1',
      'with a guess -1',
      'welcome',
      'with the password 1',
      '0 hello',
      'not an auth file -1',
      '',
    ].join('\n'),
  );
});

test('files that a cycle holds are closed when the last process has gone', async () => {
  let closes = 0;
  const file = new FileNode(() => ({ close: () => void closes++ }), {}, 0o444);
  const { out } = await runProgram(testFile('cycle.dis'), {
    setup: async (_machine, ns) => {
      await ns.mount(serveTree(dir({ file })), '/mnt');
    },
  });
  expect(out).toBe('opened\n');
  expect(closes).toBe(1);
});

test('when memory runs out the program gets an exception, and goes on', async () => {
  const { out, why } = await runProgram(testFile('exhaust.dis'), { memory: 1 << 20 });
  expect(why).toBe('');
  expect(out).toBe('out of memory: heap\nstill works\n');
});
