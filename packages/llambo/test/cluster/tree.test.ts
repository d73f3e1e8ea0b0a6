/** The cluster's files, through 9P, as a person or a script would use them. */
import { Client, Fsys, pair, serve } from '@llambo/styx';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Orchestrator } from '../../src/index.ts';
import { EchoModels, startEcho } from './support.ts';

let models: EchoModels;
let cluster: Orchestrator;
let closers: (() => void)[] = [];

beforeEach(async () => {
  models = new EchoModels();
  cluster = await startEcho(models, 'classes: { tiny: { count: 3, model: m, capacity: 2 } }');
});

afterEach(async () => {
  for (const close of closers) close();
  closers = [];
  await cluster.stop();
});

async function mount(uname = 'operator'): Promise<Fsys> {
  const [ours, theirs] = pair();
  serve(theirs, cluster.tree());
  const client = await Client.connect(ours);
  closers.push(() => client.close());
  return new Fsys(await client.attach({ uname }));
}

/** Writes a request to a data file and reads the whole answer. */
async function askFile(fs: Fsys, path: string, request: string): Promise<string> {
  const file = await fs.open(path, 2);
  try {
    await file.write(new TextEncoder().encode(request));
    return new TextDecoder().decode(await file.readAll());
  } finally {
    await file.close();
  }
}

const names = async (fs: Fsys, path: string): Promise<string[]> =>
  (await fs.readdir(path)).map(({ name }) => name).sort();

describe('the root', () => {
  test('holds what the design draws', async () => {
    const fs = await mount();
    expect(await names(fs, '/')).toEqual([
      'autoscale',
      'checkpoint',
      'ctl',
      'data',
      'events',
      'fusion',
      'hosts',
      'metrics',
      'models',
      'nodes',
      'run',
      'status',
      'trace',
      'worker-0001',
      'worker-0002',
      'worker-0003',
    ]);
  });

  test('status begins with the line for people', async () => {
    expect(await (await mount()).readText('status')).toMatch(/^Cluster: 3 nodes, 0% util\n/);
  });

  test('data answers a prompt, by the node that the balancer chooses', async () => {
    const fs = await mount();
    const answer = await askFile(fs, 'data', 'max_tokens=4 seed=1\n\nWhat is AI?');
    expect(answer.split(' ')).toHaveLength(4);
    expect(await fs.readText('trace')).toMatch(/node=worker-000[123] load=0 strategy=least-loaded attempt=1/);
  });

  test('data says what is wrong with a request', async () => {
    const fs = await mount();
    await expect(askFile(fs, 'data', 'max_tokens=many\n\nhi')).rejects.toThrow(
      'bad-request: max_tokens: expected an integer, got "many"',
    );
    await expect(askFile(fs, 'data', 'model=gpt-5\n\nhi')).rejects.toThrow(
      'unknown-model: model gpt-5 is not served here; models: m, tiny',
    );
  });

  test('ctl tells which commands there are, and behind a write what came of it', async () => {
    const fs = await mount();
    expect(await fs.readText('ctl')).toContain('spawn CLASS N');
    const ctl = await fs.open('ctl', 2);
    await ctl.write(new TextEncoder().encode('drain worker-0001\nresume worker-0001'));
    expect(new TextDecoder().decode(await ctl.readAll())).toBe('draining worker-0001\nresumed worker-0001\n');
    await ctl.close();
  });

  test('the end of an answer in records says who gave it', async () => {
    const answer = await askFile(
      await mount(),
      'worker-0002/data',
      'output=records max_tokens=2 seed=1\n\nhi',
    );
    expect(answer).toMatch(/^end \w+ .* node=worker-0002 class=tiny model=m strategy=\S+ attempt=1\n$/m);
  });

  test('autoscale tells what it does', async () => {
    expect(await (await mount()).readText('autoscale')).toMatch(
      /^enabled=0 policy=\w+\n(class=tiny ready=3 starting=0 minimum=\d+ maximum=\d+ failures=0\n)?$/,
    );
  });

  test('events block until there is one', async () => {
    const fs = await mount();
    const events = await fs.open('events');
    let seen = '';
    const found = (async () => {
      while (!seen.includes('strategy is p2c')) seen += new TextDecoder().decode(await events.read());
    })();
    await fs.ctl('ctl', 'strategy p2c');
    await found;
    expect(seen).toMatch(/\d\d:\d\d:\d\d strategy is p2c\n/);
    await events.close();
  });
});

describe('a worker', () => {
  test('has the files of the seed', async () => {
    const fs = await mount();
    expect(await names(fs, 'worker-0001')).toEqual(['ctl', 'data', 'dis', 'models', 'namespace', 'status']);
    expect(await names(fs, 'worker-0001/dis')).toEqual(['llambo.dis']);
  });

  test('answers by its own data', async () => {
    const fs = await mount();
    const answer = await askFile(fs, 'worker-0002/data', 'max_tokens=3 seed=1\n\nWhat is AI?');
    expect(answer.split(' ')).toHaveLength(3);
    expect(cluster.node('worker-0002')?.counters.requests).toBe(1);
  });

  test('tells its name space as ns(1) prints it', async () => {
    const ns = await (await mount()).readText('worker-0001/namespace');
    expect(ns).toContain('/dev/llama');
    expect(ns).not.toContain('worker-0002');
  });

  test('drains and resumes by its ctl, which refuses the rest', async () => {
    const fs = await mount();
    await fs.ctl('worker-0001/ctl', 'drain');
    expect(await fs.readText('worker-0001/status')).toMatch(/^worker-0001 .*state=draining/);
    await fs.ctl('worker-0001/ctl', 'resume');
    expect(await fs.readText('worker-0001/status')).toMatch(/^worker-0001 .*state=idle/);
    await expect(fs.ctl('worker-0001/ctl', 'explode')).rejects.toThrow(
      'bad-request: unknown command "explode"; commands: drain, resume, kill',
    );
  });
});

describe('ctl', () => {
  test('read, it tells its commands', async () => {
    expect(await (await mount()).readText('ctl')).toMatch(
      /^spawn CLASS N +# start N more nodes of a class\n/,
    );
  });

  test('spawns, scales and kills', async () => {
    const fs = await mount();
    await fs.ctl('ctl', 'spawn tiny 2');
    expect(cluster.status().nodes).toBe(5);
    await fs.ctl('ctl', 'scale tiny 2');
    await expect.poll(() => cluster.status().nodes).toBe(2);
    await fs.ctl('ctl', 'kill worker-0001');
    await expect.poll(() => cluster.nodes.map(({ id }) => id)).toEqual(['worker-0002', 'worker-0006']);
  });

  test('is for operators', async () => {
    const fs = await mount('glenda');
    await expect(fs.ctl('ctl', 'spawn tiny 1')).rejects.toThrow('permission denied');
    expect(await askFile(fs, 'data', 'max_tokens=1\n\nhi')).not.toBe('');
  });
});

describe('fusion', () => {
  test('asks several nodes and tells who said what', async () => {
    const fs = await mount();
    const ctl = await fs.open('fusion/clone', 2);
    const id = new TextDecoder().decode(await ctl.read()).trim();
    await ctl.write(new TextEncoder().encode('strategy medoid\nnodes 3\nmax_tokens 8\nseed 1'));
    const answer = await askFile(fs, `fusion/${id}/data`, 'What is a name space?');
    expect(answer).toMatch(/^echo: /);
    const status = await fs.readText(`fusion/${id}/status`);
    expect(status).toMatch(/^state=done\nvote node=worker-000\d model=m weight=/);
    expect(status).toMatch(/\nresponded=3 asked=3 tokens=\d+ ms=\d+\n$/);
    await expect(fs.ctl(`fusion/${id}/ctl`, 'strategy guess')).rejects.toThrow('strategy guess is unknown');
    await ctl.close();
    await expect(fs.readText(`fusion/${id}/status`)).rejects.toThrow('does not exist');
  });
});

test('a host that joins by its file is dialled, and one that is not there refused with the reason', async () => {
  const fs = await mount();
  expect(await names(fs, 'hosts')).toEqual(['ctl', 'local']);
  expect(await fs.readText('hosts/local/status')).toMatch(/^name=local\n/);
  await expect(fs.ctl('hosts/ctl', 'join name=far address=unix!/nowhere')).rejects.toThrow("can't dial");
  await expect(fs.ctl('hosts/ctl', 'join name=../x address=unix!/nowhere')).rejects.toThrow(
    'no name for a host',
  );
});
