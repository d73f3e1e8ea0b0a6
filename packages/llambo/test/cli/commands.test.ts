/** Every command against a cluster, over HTTP and over Styx. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { tokenAuth } from '@llambo/styx';
import { type Serving, serveOn } from '@llambo/styx/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Orchestrator } from '../../src/index.ts';
import { EchoModels, startEcho } from '../cluster/support.ts';
import { type Served, serve } from '../gateway/support.ts';
import { KEY, type Outcome, Program } from './support/program.ts';

let program: Program;
let cluster: Orchestrator;
let served: Served;
let files: Serving;
let folder: string;

beforeAll(async () => {
  program = await Program.make();
  cluster = await startEcho(
    new EchoModels(),
    'classes: { tiny: { count: 3, model: m, capacity: 2 }, big: { count: 1, model: n, capacity: 1 } }',
  );
  served = await serve(cluster);
  folder = mkdtempSync(join(tmpdir(), 'llambo-styx-'));
  files = await serveOn(`unix!${join(folder, 'sock')}`, cluster.fileServer());
}, 60_000);

afterAll(async () => {
  program?.close();
  await files?.close(0);
  await served?.gateway.close();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['http', 'styx'])('over %s', { timeout: 60_000 }, (protocol) => {
  const ctl = (command: string, input = ''): Promise<Outcome> => {
    const address = protocol === 'http' ? served.url : files.address;
    return program.run([...command.split(' '), '--addr', address], input);
  };

  test('status', async () => {
    const { code, stdout, stderr } = await ctl('status');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Cluster: 4 nodes, 0% util\nhealth=healthy\n/);
    const json = JSON.parse((await ctl('status --json')).stdout);
    expect(json).toMatchObject({
      health: 'healthy',
      nodes: 4,
      capacity: 7,
      classes: [{ name: 'tiny', nodes: 3 }, { name: 'big' }],
    });
  });

  test('health says how each part is', async () => {
    const { code, stdout } = await ctl('health');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {2}gateway/m);
    expect(stdout).toMatch(/^ok {2}class tiny +3 nodes, 0 of 6 in use/m);
  });

  test('drain makes it degraded, resume healthy', async () => {
    expect((await ctl('drain -w worker-0002')).code).toBe(0);
    expect(cluster.nodes[1]?.state).toBe('draining');
    expect((await ctl('status')).code).toBe(4);
    const health = await ctl('health --json');
    expect(health.code).toBe(4);
    expect(JSON.parse(health.stdout)).toContainEqual(
      expect.objectContaining({ part: 'nodes', state: 'degraded' }),
    );
    expect((await ctl('resume worker-0002')).code).toBe(0);
    expect((await ctl('health')).code).toBe(0);
  });

  test('nodes: all, of a class, sorted, one', async () => {
    const { stdout } = await ctl('nodes');
    expect(stdout.split('\n')[0]).toMatch(/^NODE +CLASS +MODEL +HOST +STATE +LOAD/);
    expect((await ctl('nodes --names -c big')).stdout).toBe('worker-0004\n');
    expect((await ctl('nodes --names --sort class')).stdout).toMatch(/^worker-0004\n/);
    expect((await ctl('nodes worker-0003')).stdout).toMatch(/^worker-0003\n {2}class +tiny\n/);
    const missing = await ctl('nodes worker-9999');
    expect([missing.code, missing.stderr]).toEqual([1, 'llamboctl: there is no node worker-9999\n']);
  });

  test('strategy is shown and changed, a wrong one refused with those that there are', async () => {
    expect((await ctl('strategy p2c')).code).toBe(0);
    expect((await ctl('strategy')).stdout).toBe('p2c\n');
    const { code, stderr } = await ctl('strategy best');
    expect([code, stderr]).toEqual([1, expect.stringContaining('strategy best is unknown; strategies: ')]);
  });

  test('spawn, scale and kill', async () => {
    expect(await ctl('spawn tiny 2')).toEqual({
      code: 0,
      stdout: 'spawned 2 tiny nodes, 5 in all\n',
      stderr: '',
    });
    expect(cluster.status().nodes).toBe(6);
    expect((await ctl('scale tiny 3')).code).toBe(0);
    while (cluster.status().nodes !== 4) await new Promise((resolve) => setTimeout(resolve, 20));
    const { code, stderr } = await ctl('spawn huge 1');
    expect([code, stderr]).toEqual([1, expect.stringContaining('huge')]);
    expect((await ctl('spawn tiny many')).code).toBe(2);
  });

  test('ctl takes lines, and ends at the first that is refused', async () => {
    const { code, stdout, stderr } = await ctl('ctl', 'strategy random\nstrategy best\nstrategy p2c\n');
    expect([code, stdout, cluster.strategy]).toEqual([1, 'strategy is random\n', 'random']);
    expect(stderr).toContain('best');
  });

  test('events, those of the past and those to come', async () => {
    expect((await ctl('events -n 1')).stdout).toMatch(/^\d\d:\d\d:\d\d .+\n$/);
    expect((await ctl('events -n 20')).stdout).toMatch(/^\d\d:\d\d:\d\d strategy is random$/m);
    const all = (await ctl('events -n 100 --json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(all).toContainEqual(expect.objectContaining({ text: expect.stringContaining('tiny') }));
    const terminal = program.terminal([
      'events',
      '-f',
      '-n',
      '20',
      '--addr',
      protocol === 'http' ? served.url : files.address,
    ]);
    await terminal.until('strategy is random');
    cluster.events.add(`hello over ${protocol}`);
    await terminal.until(`hello over ${protocol}`);
    terminal.type(KEY.ctrlC);
    expect(await terminal.ended()).toBe(0);
  });

  test('chats', async () => {
    const { code, stdout, stderr } = await ctl('limbot --max-tokens 5 hello');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^echo: (\w+ ?){4}\n$/)]);
    expect(stderr).toMatch(/^5 tokens, .* worker-000\d \(tiny, m\)/);
    const long = await ctl('limbot x', 'word '.repeat(5000));
    expect([long.code, long.stderr]).toEqual([1, expect.stringContaining('this is too long: ')]);
  });

  test('shows what balancer and autoscaler decided', async () => {
    const { stdout } = await ctl('balancer --json');
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({
        at: expect.any(Number),
        node: expect.stringMatching(/^worker-/),
        attempt: 1,
      }),
    );
    cluster.autoscale = () => ({
      enabled: true,
      policy: 'target',
      classes: [],
      decisions: [{ at: 0, class: 'tiny', policy: 'target', from: 1, want: 3, to: 2, why: 'it is busy' }],
    });
    const scaled = await ctl('autoscale --json');
    if (protocol === 'styx')
      expect(JSON.parse(scaled.stdout)).toEqual([
        { at: 0, class: 'tiny', policy: 'target', from: 1, want: 3, to: 2, why: 'it is busy' },
      ]);
    else expect(scaled.code).toBe(0);
  });

  test('lets nodes vote', async () => {
    const { code, stdout, stderr } = await ctl('fuse -v -n 3 -o yes -o no Really?');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^(yes|no)\n$/)]);
    expect(stderr.match(/^worker-\d+: (yes|no)$/gm)?.length).toBeGreaterThan(1);
    expect(stderr).toMatch(/^\d of \d nodes, \d+% agree, \w+, \d+ ms$/m);
    const wrong = await ctl('fuse -s luck Really?');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('strategy luck is unknown')]);
  });

  test('measures', async () => {
    const { code, stdout } = await ctl('bench -c 4 -n 12 -t 8 --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ answered: 12, failed: 0, tokens: 96 });
  });

  test('top draws once where no terminal is', async () => {
    const { code, stdout } = await ctl('top');
    expect(code).toBe(0);
    expect(stdout).toContain('LLAMBO CLUSTER MONITORING');
    expect(stdout).toMatch(/Active Nodes: 4\/\d+ +Status: ✓ HEALTHY/);
    expect(stdout).not.toContain('\x1b');
  });
});

describe('top', { timeout: 60_000 }, () => {
  test('is live: keys, a new size, news, the end', async () => {
    const terminal = program.terminal(['top', '--addr', served.url], { columns: 80, rows: 24 });
    await terminal.until('Recent Activity:');
    await terminal.until(/█+ Tiny \(3\) +75%/);
    cluster.events.add('node worker-0742 recovered from error');
    await terminal.until('Node worker-0742 recovered from error');
    terminal.type(KEY.down);
    await terminal.until(() => /\x1b\[7mBig \(1\)/.test(terminal.screen.raw));
    terminal.type(KEY.enter);
    await terminal.until((text) => text.includes('worker-0004') && !text.includes('worker-0001'));
    terminal.type(KEY.enter);
    await terminal.until('Status:');
    terminal.type(KEY.escape);
    await terminal.until('NODE');
    terminal.type(KEY.escape);
    await terminal.until('Node Distribution:');
    terminal.type('a>');
    await terminal.until('sort by class');
    await terminal.until((text) => text.indexOf('worker-0004') < text.indexOf('worker-0001'));
    terminal.resize(50, 12);
    await terminal.until((text) => {
      const rows = text.split('\n');
      return rows.length <= 12 && (rows[0] ?? '').length === 50 && text.includes('worker-0001');
    });
    terminal.type('q');
    expect(await terminal.ended()).toBe(0);
    expect(terminal.screen.raw).toContain('\x1b[?1049l');
  });

  test('says when nobody answers, before it takes the screen', async () => {
    const terminal = program.terminal(['top', '--addr', '127.0.0.1:9']);
    await terminal.until('no cluster answers at http://127.0.0.1:9');
    expect(await terminal.ended()).toBe(3);
  });
});

describe('who is let in', { timeout: 60_000 }, () => {
  test('over Styx with the token only', async () => {
    const token = 'a token of the cluster';
    const door = await serveOn('tcp!127.0.0.1!0', cluster.fileServer(), { auth: tokenAuth(() => token) });
    const status = (env: NodeJS.ProcessEnv): Promise<Outcome> =>
      program.run(['strategy', '--addr', door.address], '', env);
    expect(await status({ LLAMBO_TOKEN: token })).toMatchObject({ code: 0, stdout: `${cluster.strategy}\n` });
    const wrong = await status({ LLAMBO_TOKEN: 'some other token' });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('it is taken from LLAMBO_TOKEN')]);
    mkdirSync(join(program.home, 'usr'), { recursive: true });
    const conf = join(program.home, 'usr', 'llamboctl.conf');
    writeFileSync(conf, `# mine\naddr=${door.address}\ntoken=${token.replaceAll(' ', '')}\n`);
    expect((await program.run(['strategy'])).stderr).toContain('lets nobody in');
    writeFileSync(conf, 'adr=x\n');
    const { code, stderr } = await program.run(['strategy']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('llamboctl.conf:1: lines are addr=ADDRESS')]);
    rmSync(conf);
    await door.close(0);
  });

  test('mount says what it would run', async () => {
    const { code, stdout } = await program.run(['mount', '-n', '--addr', 'tcp!far!5640', '/n/far']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^(9pfuse tcp!far!5640|mount -t 9p .*) .*\/n\/far\n$|^mount -t 9p .*\n$/),
    ]);
    expect((await program.run(['mount', '--addr', 'far:8640', '/n/far'])).code).toBe(2);
    expect((await program.run(['mount', '-nu', '/n/far'])).stdout).toMatch(
      /^(fusermount -u|umount) \/n\/far\n$/,
    );
  });

  test('mount says what to install', async () => {
    const { code, stderr } = await program.run(['mount', '--addr', files.address, folder], '', { PATH: '' });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/install plan9port|only root may mount/)]);
  });
});

/** Peers stand in the folder that LLAMBO_PEERS names, or anywhere in PATH. */
const PATH = [process.env['LLAMBO_PEERS'] && join(process.env['LLAMBO_PEERS'], 'bin'), process.env['PATH']]
  .filter(Boolean)
  .join(delimiter);
const lacking = ['9pfuse', 'fusermount', '/dev/fuse'].find(
  (name) => !PATH.split(delimiter).some((each) => existsSync(resolve(each, name))),
);

describe.skipIf(lacking !== undefined)(
  `9pfuse${lacking === undefined ? '' : ` (skipped: no ${lacking} here)`}`,
  { timeout: 60_000 },
  () => {
    test('mounts the tree for any program: ls, cat, commands by the shell, an answer', async () => {
      const place = join(folder, 'mounted');
      const mount = (...words: string[]): Promise<Outcome> =>
        program.run(['mount', ...words, place], '', { PATH, LLAMBO_ADDR: files.address });
      const sh = promisify(execFile);
      // Not by `cwd`: this process would enter the folder that it serves, and wait for itself.
      const shell = async (line: string): Promise<string> =>
        (await sh('sh', ['-c', `cd ${place} && ${line}`], { timeout: 20_000 })).stdout;
      expect(await mount()).toEqual({
        code: 0,
        stdout: `${files.address} is mounted on ${place}\n`,
        stderr: '',
      });
      try {
        expect(await shell('ls')).toMatch(/^checkpoint\nctl\ndata\n(.*\n)*worker-/m);
        const before = cluster.status().nodes;
        expect(await shell('head -1 status')).toBe(`Cluster: ${before} nodes, 0% util\n`);
        await shell("echo 'spawn tiny 2' > ctl");
        expect(cluster.status().nodes).toBe(before + 2);
        await shell("echo 'scale tiny 3' >> ctl");
        await expect(shell("echo 'spawn huge 2' > ctl")).rejects.toThrow();
        expect(await shell('cat worker-0003/namespace')).toContain('/dev/llama');
        expect(await shell("exec 3<>data; echo 'max_tokens=3 seed=1\n\nWhat is AI?' >&3; cat <&3")).toMatch(
          /\w/,
        );
      } finally {
        expect((await mount('-u')).stdout).toBe(`${place} is free again\n`);
      }
      expect(await shell('ls')).toBe('');
    });
  },
);

describe('on this machine', { timeout: 60_000 }, () => {
  test('config: validates with line and column, shows defaults, prints a schema', async () => {
    const yaml = (text: string): void => writeFileSync(join(program.home, 'llambo.yaml'), text);
    yaml('classes:\n  tiny: { count: 2, model: m }\n');
    expect(await program.run(['config', 'validate'])).toEqual({
      code: 0,
      stdout: 'llambo.yaml: ok\n',
      stderr: '',
    });
    expect((await program.run(['config', 'show'])).stdout).toMatch(/strategy: least-loaded\n[\s\S]*count: 2/);
    yaml('classes:\n  tiny: { count: 2, modle: m }\n');
    const { code, stderr } = await program.run(['config', 'validate']);
    expect(code).toBe(1);
    expect(stderr).toContain('llambo.yaml:2:21: classes.tiny.modle: unknown key');
    const schema = JSON.parse((await program.run(['config', 'schema'])).stdout);
    expect(schema.properties.classes.additionalProperties.properties.memory.anyOf).toHaveLength(2);
    rmSync(join(program.home, 'llambo.yaml'));
  });

  test('config edit keeps only what is valid', async () => {
    const editor = (text: string): NodeJS.ProcessEnv => ({ VISUAL: `sh -c 'echo "${text}" > "$1"' x` });
    const good = await program.run(['config', 'edit'], '', editor('strategy: p2c'));
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('llambo.yaml is written')]);
    const bad = await program.run(['config', 'edit'], '', editor('strategy: best'));
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('llambo.yaml:1:1: strategy:')]);
    expect((await program.run(['config', 'show', '--json'])).stdout).toContain('"strategy":"p2c"');
    rmSync(join(program.home, 'llambo.yaml'));
  });

  test('doctor says what to fix', async () => {
    const { stdout } = await program.run(['doctor', '--json']);
    const checks = JSON.parse(stdout);
    expect(checks).toContainEqual({ name: 'node', state: 'ok', found: process.versions.node });
    for (const { state, fix } of checks) expect(fix === undefined).toBe(state === 'ok');
  });

  test('mistakes have status 2 and say what would be right', async () => {
    const { code, stderr } = await program.run(['statsu']);
    expect([code, stderr]).toEqual([2, 'llamboctl: there is no command statsu\ndid you mean status?\n']);
    expect((await program.run([])).code).toBe(2);
    expect(await program.run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^llamboctl \d/),
    });
    expect((await program.run(['status'])).code).toBe(3);
  });
});
