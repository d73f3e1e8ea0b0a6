/** The README's first command, as a user types it. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { THREADS, testHome, tinyModel } from '../packages/llama/test/engine/model.ts';

const root = join(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'llambo-home-'));

beforeAll(async () => {
  await tinyModel();
  mkdirSync(join(home, 'models'));
  symlinkSync(join(testHome, 'models', 'smollm2-135m.gguf'), join(home, 'models', 'smollm2-135m.gguf'));
}, 300_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(command: string, args: readonly string[], input = ''): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, LLAMBO_HOME: home, LLAMBO_THREADS: String(THREADS), LLAMBO_ADDR: '' },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}

const ctl = (...args: string[]): Promise<Result> =>
  run(process.execPath, [join(root, 'packages/llambo/bin/llamboctl.js'), ...args]);

describe('a user', { timeout: 240_000 }, () => {
  test('types npm start with a question, and gets an answer with its figures', async () => {
    const { code, out, err } = await run('npm', [
      'start',
      '--silent',
      '--',
      'What is the capital of France? Answer in one sentence.',
    ]);
    expect(out).toMatch(/Paris/);
    expect(out + err).not.toContain('\x1b');
    expect(err).toMatch(
      /\d+ tokens, [\d.]+ tok\/s, first after \d+ ms, worker-\d{4} \(tiny, smollm2-135m\)\n/,
    );
    expect(code).toBe(0);
  });

  test('starts a cluster in the background, asks it, and ends it', async () => {
    expect(await ctl('status')).toMatchObject({
      code: 3,
      err: expect.stringContaining('no cluster is running in this home; llamboctl up -d starts one'),
    });
    expect(await ctl('up', '-d')).toMatchObject({ code: 0, out: expect.stringContaining('8 nodes') });
    try {
      expect(await ctl('status')).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^Cluster: 8 nodes, 0% util\n/),
      });
      expect(await ctl('up')).toMatchObject({
        code: 1,
        err: expect.stringContaining('a cluster is running already'),
      });
      const piped = await run(
        process.execPath,
        [join(root, 'packages/llambo/bin/llamboctl.js'), 'limbot', '-q', 'Repeat:'],
        'Paris',
      );
      expect(piped).toMatchObject({ code: 0, err: '' });
      expect(piped.out.length).toBeGreaterThan(1);
    } finally {
      expect(await ctl('down')).toMatchObject({ code: 0, out: expect.stringContaining('has ended') });
    }
  });

  test.each([
    [['nonsense'], 2, /there is no command nonsense/],
    [['pull'], 2, /NAME/],
    [['pull', 'gpt-5'], 1, /gpt-5/],
    [['up', '-c', 'no-such-file.yaml'], 1, /cannot read no-such-file\.yaml/],
  ])('mistypes: llamboctl %s', async (args, status, message) => {
    const { code, err } = await ctl(...args);
    expect(code).toBe(status);
    expect(err).toMatch(message);
  });

  test('stops reading: the program ends without a complaint', async () => {
    const child = spawn(process.execPath, [join(root, 'packages/llambo/bin/llamboctl.js'), 'models'], {
      env: { ...process.env, LLAMBO_HOME: home },
    });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (data) => (err += data));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('asks for help', async () => {
    const { code, out } = await ctl('help');
    expect(code).toBe(0);
    expect(out).toMatch(/limbot +chat with the cluster/);
    expect((await ctl('up', '--help')).out).toMatch(/^usage: llamboctl up /);
  });
});
