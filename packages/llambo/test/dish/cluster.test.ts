/** Against a real orchestrator and host in this process, with engines that have no model. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveFiles } from '../../src/cluster/serve.ts';
import { toDialString } from '../../src/dish/address.ts';
import type { Orchestrator } from '../../src/index.ts';
import { EchoModels, startEcho } from '../cluster/support.ts';
import { output } from './support.ts';

let cluster: Orchestrator;
let address: string;
let close: () => Promise<void>;

const TOKEN = 'a token of a cluster for tests';
let remote: string;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dish-'));
  cluster = await startEcho(new EchoModels(), 'classes: { tiny: { count: 3, model: m, capacity: 2 } }');
  address = `unix!${join(folder, 'sock')}`;
  const doors = await serveFiles(cluster, { local: address, remote: 'tcp!127.0.0.1!0', token: TOKEN });
  remote = doors.remote as string;
  close = async () => {
    await doors.close();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}, 60_000);

afterAll(() => close());

const run = (source: string): Promise<string> => output(source, { cluster: address });

test('status is the line of the seed, with the true numbers', async () => {
  expect(await run('status')).toBe(`Cluster: ${cluster.status().nodes} nodes, 0% util\n`);
  expect(await run('cat /n/llambo/status | head -1')).toBe('Cluster: 3 nodes, 0% util\n');
});

test('nodes and hosts are listed', async () => {
  expect(await run('nodes -q')).toBe('worker-0001\nworker-0002\nworker-0003\n');
  expect(await run('hosts | wc -l')).toBe('2\n');
  expect(await run('status worker-0001')).toContain('worker-0001 class=tiny');
  expect(await run('cat /n/llambo/worker-0002/namespace | grep -c /dev/llama')).toBe('1\n');
});

test('questions are answered, by the cluster or by one node', async () => {
  expect((await run('ask max_tokens=5 seed=1 What is AI?')).trim().split(' ')).toHaveLength(5);
  const before = cluster.node('worker-0002')?.counters.requests ?? 0;
  await run('ask -w worker-0002 max_tokens=2 hi');
  expect(cluster.node('worker-0002')?.counters.requests).toBe(before + 1);
  expect(await run('ask seed=x hi')).toContain('ask: bad-request: seed: expected an integer, got "x"\n');
  expect(await run('ask model=nothing hi')).toContain('unknown-model');
});

test('the cluster is steered', async () => {
  expect(
    await run('drain worker-0003; nodes -q state=draining; resume worker-0003; nodes -q state=draining'),
  ).toBe('worker-0003\n');
  expect(await run('strategy p2c; strategy; strategy nonsense')).toMatch(/^p2c\nstrategy: bad-request: /);
  expect(
    await run('fn event { got=($got $*) }; spawn tiny 1; while(~ $#got 0) sleep 0.01; echo $got; status'),
  ).toMatch(/spawned 1 tiny node.*\nCluster: 4 nodes/);
  expect(await run('spawn huge 1')).toContain('spawn: ');
  expect(
    await run(
      'events -n 1 > /tmp/e & sleep 0.2; strategy p2c; while(! test -s /tmp/e) strategy p2c; wait; wc -l /tmp/e',
    ),
  ).toBe('1 /tmp/e\n');
  expect(await run('scale tiny 3; kill worker-0001')).toBe('');
});

test('every node is asked the same, and the answers are compared', async () => {
  const script = readFileSync(new URL('../../../../examples/ask-every-node.dish', import.meta.url), 'utf8');
  const text = await run(`* = (); *=(max_tokens=4 What is AI?)\n${script}`.replace('* = (); ', ''));
  expect(text).toMatch(/^## worker-.*\n.+\n\n3 nodes, 1 different answers\n$/);
  const warm = await run(`*=(max_tokens=4 temperature=1 seed=7 What is AI?)\n${script}`);
  expect(warm).toMatch(/^## worker-.*\n.+\n\n3 nodes, 1 different answers\n$/);
  expect(await run(script)).toBe('usage: dish [attr=value ...] question ...\n[usage]\n');
});

test('another cluster is brought in by its dial string, with proof of its token', async () => {
  const source = `mount ${remote} /n/other; cat /n/other/status | head -1; import ${remote} /hosts /tmp/hosts; ls /tmp/hosts; unmount /n/other; ls /n/other`;
  const text = await output(source, { cluster: address, token: TOKEN });
  expect(text).toMatch(/^Cluster: 3 nodes.*\nctl\nlocal\n$/);
  expect(await output(`mount ${remote} /n/other`, { token: 'another token than that one' })).toContain(
    'authentication failed',
  );
  expect(await output(`mount ${remote} /n/other`)).toContain('authentication required: set LLAMBO_TOKEN');
});

test('a directory is served to who proves the token', async () => {
  const source = `mkdir /tmp/shared; echo here > /tmp/shared/file
listen tcp!127.0.0.1!0 /tmp/shared > /tmp/address &
while(! test -s /tmp/address) sleep 0.01
mount \`{cat /tmp/address} /n/mine; cat /n/mine/file; kill $apid`;
  expect(await output(source, { token: TOKEN })).toBe('here\n');
  expect(await output('listen tcp!127.0.0.1!0 /')).toContain('set LLAMBO_TOKEN');
});

test('the address of a gateway is one, too', () => {
  expect(toDialString('127.0.0.1:8640')).toBe('ws!127.0.0.1!8640!/api/v1/styx');
  expect(toDialString('https://cluster.example/')).toBe('wss!cluster.example!443!/api/v1/styx');
  expect(toDialString('tcp!host!5640')).toBe('tcp!host!5640');
  expect(() => toDialString('http://')).toThrow();
});

test('programs run here, or beside a model', async () => {
  const source = `cat > /tmp/hello.b <<END
implement Hello;
include "sys.m";
include "draw.m";
Hello: module { init: fn(nil: ref Draw->Context, argv: list of string); };
init(nil: ref Draw->Context, argv: list of string)
{
	sys := load Sys Sys->PATH;
	buf := array[100] of byte;
	n := sys->read(sys->fildes(0), buf, len buf);
	sys->print("%s: %s", hd tl argv, string buf[0:n]);
	if(hd tl argv == "bad")
		raise "fail:bad";
}
END
limbo -o /tmp/hello.dis /tmp/hello.b
echo in | run /tmp/hello.dis here
echo in | run -w worker-0002 /tmp/hello.b there
echo in | /tmp/hello.dis bad; echo $status
run /tmp/nothing.dis`;
  expect(await run(source)).toBe(
    'here: in\nthere: in\nbad: in\n|bad\nrun: /tmp/nothing.dis: no such program\n[/tmp/nothing.dis: no such program]\n',
  );
});
