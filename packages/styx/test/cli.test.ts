import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'styx-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const main = new URL('../src/cli/main.ts', import.meta.url).pathname;
const node = ['--conditions=llambo:source', '--import', 'tsx', main];

function run(args: string[], input = ''): { out: string; err: string; status: number | null } {
  const r = spawnSync(process.execPath, [...node, '-u', 'glenda', ...args], {
    input,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { out: r.stdout, err: r.stderr, status: r.status };
}

/** A `9p` that stays, and the address that it printed. */
async function start(
  args: string[],
): Promise<{ address: string; stop: () => Promise<unknown>; err: () => string }> {
  const child = spawn(process.execPath, [...node, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  child.stderr.on('data', (d) => (err += d));
  const line = String(await new Promise((r) => child.stdout.once('data', r)));
  const stop = (): Promise<unknown> => {
    const gone = new Promise((r) => child.once('exit', r));
    child.kill();
    return gone;
  };
  return { address: line.trim().split(' ').at(-1) as string, stop, err: () => err };
}

test('serves memory; the commands work on it, and through a trace', async () => {
  const server = await start(['serve', '--addr', 'tcp!127.0.0.1!0', '--ram']);
  const a = server.address;
  expect(run(['create', a, '/motd'])).toEqual({ out: '', err: '', status: 0 });
  expect(run(['write', a, '/motd'], 'peace on earth\n').status).toBe(0);
  expect(run(['write', '-a', a, 'motd'], 'and more\n').status).toBe(0);
  expect(run(['read', a, '/motd']).out).toBe('peace on earth\nand more\n');
  expect(run(['create', '-d', a, 'dir', '0700']).status).toBe(0);
  expect(run(['ls', a]).out).toBe('dir\nmotd\n');
  expect(run(['ls', '-l', a, 'motd']).out).toMatch(/^--rw-rw-rw- glenda glenda +24 .* motd \(0x1\.\d+\)\n$/);
  expect(run(['stat', a, 'dir']).out).toMatch(/^\(name dir uid glenda .* mode d-rwx------ /);
  expect(run(['read', a, 'nosuch'])).toEqual({
    out: '',
    err: '9p: file does not exist\n',
    status: 1,
  });
  const tracer = await start(['trace', 'tcp!127.0.0.1!0', a]);
  expect(run(['rm', tracer.address, 'dir']).status).toBe(0);
  for (let i = 0; i < 1000 && !tracer.err().includes('Rremove'); i++)
    await new Promise((r) => setTimeout(r, 1));
  expect(tracer.err()).toContain('-> Tremove tag 0 fid 1\n');
  expect(tracer.err()).toContain('<- Rremove tag 0\n');
  await tracer.stop();
  await server.stop();
}, 60_000);

test('serves a folder, to those who know a token', async () => {
  writeFileSync(join(folder, 'file'), 'text\n');
  const tokens = join(folder, '..', `styx-tokens-${process.pid}`);
  writeFileSync(tokens, '# users\nglenda secret\n');
  try {
    const server = await start(['serve', '--addr', `unix!${folder}/sock`, '--tokens', tokens, folder]);
    expect(run(['read', '--token', tokens, server.address, 'file']).out).toBe('text\n');
    const refused = run(['read', server.address, 'file']);
    expect(refused).toEqual({ out: '', err: '9p: authentication required\n', status: 1 });
    expect(run(['read', '--token', tokens, server.address, '../../etc/passwd']).status).toBe(1);
    await server.stop();
  } finally {
    rmSync(tokens);
  }
}, 60_000);

test.each([[['constructor']], [['ls']], [['--nosuch']]])('wrong: 9p %j', (args) => {
  const r = run(args as string[]);
  expect(r.status).toBe(2);
  expect(r.err).not.toBe('');
});
