import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPoint, historyOf } from '../src/api/history.ts';
import { EventParser } from '../src/api/sse.ts';
import {
  availability,
  bytes,
  clock,
  count,
  duration,
  milliseconds,
  percent,
  sentence,
} from '../src/format.ts';

describe('numbers for people', () => {
  it.each([
    [count(10_234.4), '10,234'],
    [count(9.74), '9.7'],
    [count(0), '0'],
    [percent(0.666), '67%'],
    [availability(0.99989), '99.98%'],
    [availability(0.99999), '99.99%'],
    [availability(1), '100%'],
    [milliseconds(null), '-'],
    [milliseconds(45.2), '45 ms'],
    [milliseconds(0.25), '0.3 ms'],
    [milliseconds(1234), '1.2 s'],
    [milliseconds(75_000), '75 s'],
    [duration(0), '0s'],
    [duration(61), '1m 1s'],
    [duration(266_400), '3d 2h'],
    [bytes(134_217_728), '128 MB'],
    [bytes(1536), '1.5 KB'],
    [bytes(12), '12 B'],
    [sentence('spawned 50 tiny nodes'), 'Spawned 50 tiny nodes'],
    [sentence('worker-0742 recovered'), 'worker-0742 recovered'],
    [clock(new Date(2026, 0, 2, 3, 4, 5).getTime()), '03:04:05'],
  ])('%s', (found, expected) => expect(found).toBe(expected));
});

describe('server-sent events', () => {
  const text =
    ': hello\nevent: status\ndata: {"a":1}\n\nid: 7\r\ndata: one\r\ndata: two\r\n\r\nevent:x\ndata:tight\n\nevent: none\n\ndata: cut';
  const expected = [
    { event: 'status', data: '{"a":1}', id: undefined },
    { event: 'message', data: 'one\ntwo', id: '7' },
    { event: 'x', data: 'tight', id: '7' },
  ];

  it('come whole, wherever the pieces were cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const parser = new EventParser();
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const found = at.slice(1).flatMap((end, i) => parser.push(text.slice(at[i], end)));
        expect(found).toEqual(expected);
      }),
    );
  });
});

describe('history', () => {
  const point = (second: number) => ({
    at: second * 1000,
    tokensPerSecond: second,
    firstTokenMs: { p50: null, p95: null, p99: null },
    waiting: 0,
    nodes: 1,
    utilisation: 0.5,
  });

  it('keeps a quarter of an hour, in order, each second once', () => {
    const history = historyOf(Array.from({ length: 1000 }, (_, i) => point(i)));
    expect(history.at.length).toBe(900);
    expect(history.at[0]).toBe(100);
    addPoint(history, point(999));
    addPoint(history, point(5));
    expect(history.at.at(-1)).toBe(999);
    expect(history.tokensPerSecond.length).toBe(900);
    expect(history.utilisation[0]).toBe(50);
  });
});
