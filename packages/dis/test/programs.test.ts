/** Programs compiled from Limbo, with what the original emulator prints for them; and standard ones, side by side with it. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FdGroup, MBEFORE, Namespace, standardDevices } from '@llambo/namespace';
import { OREAD, OWRITE } from '@llambo/styx';
import { dir, FileNode, serveTree } from '@llambo/styx/fs';
import { hostfs } from '@llambo/styx/node';
import { describe, expect, test } from 'vitest';
import {
  type Code,
  codeFrom,
  Machine,
  progTable,
  Scheduler,
  SysContext,
  standardModules,
  stringList,
} from '../src/index.ts';

const folder = fileURLToPath(new URL('../../../testdata/dis/', import.meta.url));
const peers = process.env['LLAMBO_PEERS'];

/** Runs a program in a name space of the devices, and of `root` if given; its output, and why it ended. */
async function execute(
  code: Code,
  argv: readonly string[],
  root?: string,
): Promise<{ text: string; why: string }> {
  const chunks: Uint8Array[] = [];
  const show = (bytes: Uint8Array): number => {
    chunks.push(bytes.slice());
    return bytes.length;
  };
  let why = 'it has not ended';
  const machine = new Machine({
    builtins: standardModules,
    print: (line) => void show(new TextEncoder().encode(line)),
    ended: (p, reason) => {
      if (p.pid === 1) why = reason;
    },
  });
  const out = serveTree(dir({ out: new FileNode(() => ({ write: (_, data) => show(data) }), {}, 0o666) }));
  const devices = standardDevices({
    progs: progTable(machine),
    root: ['chan', 'dev', 'env', 'fd', 'n', 'prog'],
    more: { o: out },
  });
  const namespace = await Namespace.create({ user: 'glenda', devices });
  if (root !== undefined) await namespace.mount(hostfs(root, { readonly: true }), '/', MBEFORE);
  for (const [device, place] of [
    ['#c', '/dev'],
    ['#e', '/env'],
    ['#d', '/fd'],
    ['#p', '/prog'],
  ] as const) {
    await namespace.bind(device, place);
  }
  const fds = new FdGroup();
  fds.add(await namespace.open('/dev/null', OREAD));
  fds.add(await namespace.open('#o/out', OWRITE));
  fds.add(await namespace.open('#o/out', OWRITE));
  const context = new SysContext({ namespace, fds });
  machine.start(code, argv[0]!, context, 'init', (frame) =>
    machine.heap.setPointer(frame + 36, stringList(machine, argv)),
  );
  const done = new Promise<void>((resolve) => {
    machine.onIdle = resolve;
  });
  new Scheduler().add(machine);
  await done;
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), why };
}

describe('programs of our own', () => {
  test.each([
    ['faults', 'fail:done'],
    ['processes', 'fail:the end'],
  ])('%s', async (name, why) => {
    const code = codeFrom(new Uint8Array(readFileSync(join(folder, `${name}.dis`))));
    const r = await execute(code, [`/${name}.dis`]);
    expect(r.text).toBe(readFileSync(join(folder, `${name}.out`), 'utf8'));
    expect(r.why).toBe(why);
  });
});

/** Commands of a standard system; each is run by both, and has to print the same. */
const commands: readonly (readonly string[])[] = [
  ['/dis/echo.dis', 'hello', 'world'],
  ['/dis/sort.dis', '-r', '/module/arg.m'],
  ['/dis/wc.dis', '/module/sys.m', '/module/arg.m'],
  ['/dis/grep.dis', '-n', 'fn', '/module/sys.m'],
  ['/dis/sed.dis', 's/fn/FN/g', '/module/arg.m'],
  ['/dis/diff.dis', '/module/arg.m', '/module/env.m'],
  ['/dis/md5sum.dis', '/module/sys.m', '/dis/sh.dis'],
  ['/dis/m4.dis', '/module/sys.m'],
  ['/dis/xd.dis', '/module/arg.m'],
  ['/dis/calc.dis', '2^10+sin(1)'],
  ['/dis/disdump.dis', '/dis/echo.dis'],
  ['/dis/sh.dis', '-c', 'for i in 1 2 3 {echo $i}; ls /module | wc -l'],
  ['/dis/sh.dis', '-c', 'cat /module/sys.m | grep fn | sort | sed 10q'],
  ['/dis/sh.dis', '-c', 'gzip < /module/sys.m | gunzip | cmp - /module/sys.m && echo same'],
  ['/dis/sh.dis', '-c', 'load std expr; fn f {echo f $*}; f 1 2; echo $' + '{expr 2 3 + 4 x}'],
  ['/dis/sh.dis', '-c', 'load std; rescue "fail:*" {echo caught $exception} {raise "fail:boo"}'],
  ['/dis/limbo.dis', '-I', '/module', '-S', '-o', '/fd/1', '/appl/cmd/cat.b'],
];

describe.skipIf(peers === undefined)('standard programs (with LLAMBO_PEERS)', () => {
  const root = join(peers ?? '', 'inferno');
  test.each(commands)('%s %s %s', { timeout: 30_000 }, async (...argv) => {
    const reference = execFileSync(
      'sh',
      ['-c', '"$0" "$@" 2>&1 </dev/null; :', join(peers!, 'bin', 'emu-ref'), ...argv],
      {
        encoding: 'utf8',
      },
    );
    const code = codeFrom(new Uint8Array(readFileSync(join(root, argv[0]!))));
    expect((await execute(code, argv, root)).text).toBe(reference);
  });
});
