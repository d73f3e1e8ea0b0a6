import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { OREAD } from '@llambo/styx';
import { serveOn } from '@llambo/styx/node';
import { expect, test } from 'vitest';
import { buildNamespace, MCREATE } from '../src/index.ts';
import { dialServer, hostConsole, hostDevice } from '../src/node/index.ts';
import { failure, names, onDevices, read, string } from './helpers.ts';

test('a name space file mounts what another name space serves over tcp', async () => {
  const far = onDevices({ sysname: 'far' });
  await far.bind('#c', '/dev');
  await far.bind('#e', '/env', MCREATE);
  const serving = await serveOn('tcp!127.0.0.1!0', far.export('/'), { none: true });
  const near = onDevices({ sysname: 'near' });
  try {
    await buildNamespace(near, `bind '#c' /dev\nmount ${serving.address} /n\n`, {
      dial: (a) => dialServer(a),
    });
    expect(await read(near, '/dev/sysname')).toBe('near');
    expect(await read(near, '/n/dev/sysname')).toBe('far');
    await near.bind('/n/dev', '/dev');
    expect(await read(near, '/dev/sysname')).toBe('far');
    expect(near.toString()).toContain(`mount ${serving.address} /n\n`);
    await near.writeFile('/n/env/x', '1');
    expect(await read(far, '/env/x')).toBe('1');
    expect(await failure(() => near.stat('/n/none'))).toBe("'/n/none' file does not exist");
  } finally {
    near.close();
    await serving.close();
  }
});

test('a folder of the host is a device, and stays the whole of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'namespace-'));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub/f'), 'on the host');
  symlinkSync('/', join(folder, 'root'));
  const ns = onDevices({ more: { U: hostDevice(folder, { readonly: true }) } });
  await ns.bind('#U', '/mnt');
  expect(await names(ns, '/mnt')).toEqual(['sub']);
  expect(await read(ns, '/mnt/sub/f')).toBe('on the host');
  expect(await read(ns, '/mnt/sub/../sub/f')).toBe('on the host');
  expect(await failure(() => ns.stat('/mnt/root/etc/passwd'))).toBe("'/mnt/root' file does not exist");
  expect(await failure(() => ns.stat('#U/../../etc/passwd'))).toMatch(/does not exist$/);
  expect(await failure(() => ns.create('/mnt/sub/new', OREAD, 0o666))).toBe('file system is read only');
  rmSync(folder, { recursive: true });
});

test('streams of the host are a console', async () => {
  const input = new PassThrough();
  const output = new PassThrough();
  const { console, end } = hostConsole(input as never, output);
  const ns = onDevices({ console });
  await ns.bind('#c', '/dev');
  await ns.writeFile('/dev/cons', 'prompt');
  expect(string(output.read() as Buffer)).toBe('prompt');
  const cons = await ns.open('/dev/cons', OREAD);
  const line = cons.read(100);
  input.write('typed\n');
  expect(string(await line)).toBe('typed\n');
  const last = cons.read(100);
  input.end();
  expect((await last).length).toBe(0);
  end();
});
