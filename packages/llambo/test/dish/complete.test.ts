import { afterEach, beforeEach, expect, test } from 'vitest';
import { isBareText } from '../../src/dish/bare.ts';
import { completer, positionOf } from '../../src/dish/complete.ts';
import type { Session } from '../../src/dish/session.ts';
import { type StandIn, standIn } from './stand-in.ts';
import { open } from './support.ts';

let cluster: StandIn;
let session: Session;

beforeEach(async () => {
  cluster = await standIn();
  ({ session } = await open({ cluster: cluster.address }));
  await session.run("mkdir '/tmp/my dir' /tmp/other; touch '/tmp/my dir/file' /tmp/it; fn greet {echo hi}");
});

afterEach(async () => {
  await session.close();
  await cluster.close();
});

async function complete(text: string): Promise<string[]> {
  const found = await completer(session)(text, text.length, new AbortController().signal);
  return found.candidates.map(
    (candidate) => text.slice(0, found.start) + candidate.text + (candidate.suffix ?? ' '),
  );
}

test.each([
  ['stat', ['stat ', 'status ']],
  ['gre', ['greet ', 'grep ']],
  [
    'status wo',
    ['worker-0001', 'worker-0002', 'worker-0003', 'worker-0004'].map((node) => `status ${node} `),
  ],
  [
    'drain worker-0001 worker-0002 worker-0003 worker-0004',
    ['drain worker-0001 worker-0002 worker-0003 worker-0004 '],
  ],
  ['ask -w worker-0003', ['ask -w worker-0003 ']],
  ['spawn t', ['spawn tiny ']],
  ['strategy p', ['strategy p2c ', 'strategy prefix ', 'strategy prequal ']],
  ['cat /n/lla', ['cat /n/llambo/']],
  ['cat /n/llambo/st', ['cat /n/llambo/status ']],
  ['cat </n/llambo/st', ['cat </n/llambo/status ']],
  ['echo a >/tmp/o', ['echo a >/tmp/other/']],
  ['cat /tmp/m', ["cat '/tmp/my dir/'"]],
  ["cat '/tmp/my dir/'f", ["cat '/tmp/my dir/file' "]],
  ['echo $ho', ['echo $home']],
  ['a | sta', ['a | stat ', 'a | status ']],
  ['if(true) stat', ['if(true) stat ', 'if(true) status ']],
  ['watch status worker-0004', ['watch status worker-0004 ']],
  ['help fus', ['help fuse ']],
  ['time stat', ['time stat ', 'time status ']],
  ['nonsense /tmp/i', ['nonsense /tmp/it ']],
  ['echo /nothing/at', []],
])('%j', async (text, candidates) => {
  expect(await complete(text)).toEqual(candidates);
});

test('jobs are known by their command', async () => {
  await session.run('sleep 100 &');
  expect(await complete('kill 2')).toEqual(['kill 2 ']);
});

test('where the cursor is', () => {
  expect(positionOf("a 'b c'd", 8)).toMatchObject({ start: 2, word: 'b cd', before: ['a'], file: false });
  expect(positionOf('a b; c d', 8)).toMatchObject({ word: 'd', before: ['c'] });
  expect(positionOf('a > b', 5)).toMatchObject({ word: 'b', file: true });
  expect(positionOf('a > b c', 7)).toMatchObject({ word: 'c', file: false, before: ['a'] });
  expect(positionOf('a >[2=1] b', 10)).toMatchObject({ word: 'b' });
});

test.each([
  ['What is AI?', true],
  ["What's AI?", true],
  ['tell me a joke', true],
  ['why?', true],
  ['status', false],
  ['statu', false],
  ['status of the cluster', false],
  ['x=1 echo', false],
  ['greet world', false],
  ['if(true) echo', false],
  ['/dis/echo hi', false],
  ['', false],
])('%j is bare text: %s', (line, bare) => {
  expect(isBareText(session.shell, line)).toBe(bare);
});
