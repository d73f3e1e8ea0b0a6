import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote, readAttributes } from '../../src/cli/attributes.ts';
import type { Status } from '../../src/cli/client/client.ts';
import { serverEvents } from '../../src/cli/client/http.ts';
import { parseFusion } from '../../src/cli/client/styx-fusion.ts';
import { parseEvent, parseHost, parseNode, parseStatus } from '../../src/cli/client/styx-text.ts';
import { formatStatus } from '../../src/cluster/status.ts';
import { AttributeReader, quote as wireQuote } from '../../src/wire/words.ts';

test('attributes are those of data files', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (values) => {
      fc.pre(values.every((value) => !/[^\S \t\r\n]/.test(value))); // blanks that only one of them takes for blanks
      const text = values.map((value, i) => `a${i}=${quote(value)}`).join(' ');
      expect(text).toBe(values.map((value, i) => `a${i}=${wireQuote(value)}`).join(' '));
      expect(readAttributes(text).map(([, value]) => value)).toEqual(values);
      const reader = new AttributeReader(text);
      for (const [name, value] of readAttributes(text)) expect(reader.next()).toEqual([name, value]);
    }),
  );
});

test('any text is attributes or a mistake that is told', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        readAttributes(text);
      } catch (error) {
        expect((error as Error).message).toMatch(/^expected name=value|quote is not closed$/);
      }
    }),
  );
});

test('a status is read as it was written', () => {
  const status: Status = {
    health: 'degraded',
    nodes: 5,
    maximum: 100,
    hosts: 2,
    states: { idle: 3, busy: 1, error: 1 },
    classes: [
      { name: 'tiny', nodes: 4, load: 1, capacity: 8 },
      { name: 'big', nodes: 1, load: 1, capacity: 2 },
    ],
    load: 2,
    capacity: 10,
    utilisation: 0.2,
    waiting: 3,
    strategy: 'p2c',
    tokensPerSecond: 12.5,
    firstTokenMs: 45,
    uptimeSeconds: 60,
  };
  expect(parseStatus(formatStatus(status))).toEqual(status);
  expect(parseStatus(formatStatus({ ...status, firstTokenMs: null })).firstTokenMs).toBeNull();
});

test('rows of nodes and hosts, events, votes', () => {
  expect(
    parseNode("worker-0001 class=tiny model='a b' state=idle load=1 capacity=2 tokens_per_second=7.5"),
  ).toMatchObject({
    id: 'worker-0001',
    model: 'a b',
    capacity: 2,
    speed: 7.5,
  });
  expect(parseHost('name=local\nstate=up\nmodels=a,b\nrtt_ms=1.50\n')).toMatchObject({
    models: ['a', 'b'],
    rttMs: 1.5,
  });
  expect(parseEvent('12:34:56 spawned', 7)).toMatchObject({ serial: 7, text: 'spawned' });
  expect(parseEvent('12:34:56 spawned', 7).at).toBeLessThanOrEqual(Date.now() + 1000);
  const votes: unknown[] = [];
  const text =
    "state=done\nvote node=worker-1 model=m weight=1 text='two\nlines'\nvote node=worker-2 error=late\nstrategy=majority share=0.750\nresponded=1 asked=2 ms=12\n";
  const result = parseFusion(text, 'two', undefined, (vote) => votes.push(vote));
  expect(votes).toEqual([
    { node: 'worker-1', text: 'two\nlines' },
    { node: 'worker-2', text: '', error: 'late' },
  ]);
  expect(result).toMatchObject({
    strategy: 'majority',
    agreement: { share: 0.75 },
    responded: 1,
    asked: 2,
    ms: 12,
  });
});

test('events of a stream are the same however it is cut', async () => {
  const text =
    'event: vote\ndata: {"a":"ä漢"}\n\n: a comment\n\ndata: one\r\ndata: two\r\n\r\nid: 7\ndata: last\n\n';
  const bytes = Buffer.from(text);
  const read = async (parts: Uint8Array[]): Promise<unknown[]> => {
    const found: unknown[] = [];
    const stream = (async function* () {
      yield* parts;
    })();
    for await (const event of serverEvents(stream)) found.push(event);
    return found;
  };
  const whole = await read([bytes]);
  expect(whole).toEqual([
    { event: 'vote', data: '{"a":"ä漢"}' },
    { event: 'message', data: 'one\ntwo' },
    { event: 'message', data: 'last' },
  ]);
  for (let cut = 1; cut < bytes.length; cut++)
    expect(await read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
});
