/**
 * Other people's 9P: the client and the server of 9fans.net/go, built from test/peers by the `go` command. Where that is
 * missing, or its modules can't be had, these tests are skipped and say so.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ramfs } from '../src/fs/index.ts';
import { Fsys, ORDWR, parseAddress } from '../src/index.ts';
import { connect, serveOn } from '../src/node/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'styx-peers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The peers' program, or why there is none. */
function build(): { program: string } | { why: string } {
  const program = join(folder, 'peers');
  const cwd = new URL('./peers/', import.meta.url).pathname;
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
  } catch {
    return { why: 'no go command here' };
  }
  try {
    execFileSync('go', ['build', '-o', program, '.'], { cwd, stdio: 'pipe', timeout: 240_000 });
  } catch (e) {
    return { why: `go build failed: ${String((e as { stderr?: unknown }).stderr ?? e).split('\n')[0]}` };
  }
  return { program };
}

const built = build();
const program = 'program' in built ? built.program : '';
const title = 'why' in built ? ` (skipped: ${built.why})` : '';

describe.skipIf('why' in built)(`Go peers${title}`, () => {
  test.each(['tcp!127.0.0.1!0', `unix!${join(folder, 'sock')}`])(
    'the Go client on our server at %s',
    async (where) => {
      const serving = await serveOn(where, ramfs());
      const { net, port, path } = parseAddress(serving.address);
      const args = net === 'unix' ? ['unix', path] : ['tcp', `127.0.0.1:${port}`];
      const child = spawn(program, ['client', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
      let out = '';
      child.stdout.on('data', (d) => (out += d));
      await new Promise((r) => child.once('close', r));
      expect(out.split('\n')).toEqual([
        'read "from go\\n"',
        'big true',
        'dir x --rw-r--r--',
        'dir y --rw-r--r--',
        'stat hello 14 glenda',
        'gone true',
        'error file does not exist',
        'error true',
        'done',
        '',
      ]);
      await serving.close(0);
    },
  );

  test('our client on the Go server', async () => {
    const child = spawn(program, ['srv9p'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const address = String(await new Promise((r) => child.stdout.once('data', r))).trim();
      const client = await connect(address);
      expect(client.msize).toBe(65_560);
      const fs = new Fsys(await client.attach({ uname: 'glenda' }));
      const data = Uint8Array.from({ length: 300_000 }, (_, i) => i % 253);
      for (let i = 0; i < 2; i++) {
        await fs.writeFile('f', data);
        expect(Buffer.compare(await fs.readFile('f'), data)).toBe(0);
      }
      await fs.mkdir('d');
      await fs.writeFile('d/x', 'text');
      expect(await fs.readText('d/x')).toBe('text');
      expect((await fs.readdir('/')).map((d) => d.name).sort()).toEqual(['d', 'f']);
      expect((await fs.stat('f')).length).toBe(300_000n);
      await expect(fs.open('nosuch')).rejects.toThrow('not found');
      const f = await fs.open('d/x', ORDWR);
      const reads = await Promise.all(Array.from({ length: 500 }, (_, i) => f.pread(i % 4, 1)));
      expect(Buffer.concat(reads).toString()).toBe('text'.repeat(125));
      await f.close();
      await fs.remove('d/x');
      expect(await fs.readdir('d')).toEqual([]);
      client.close();
    } finally {
      child.kill();
    }
  });
});
