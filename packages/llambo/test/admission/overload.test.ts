import { expect, it } from 'vitest';
import { Admission } from '../../src/cluster/admission/index.ts';
import { exponential, seededRandom } from '../../src/sim/index.ts';

it('keeps goodput at 0.9 of capacity under twice the load', () => {
  const random = seededRandom(4);
  const admission = new Admission<number>({ queue: 1000 });
  const servers = 20;
  const patienceMs = 5000;
  const ends: number[] = []; // of the requests in service, a second each on average
  let [now, good, late, refused, expired, horizon] = [0, 0, 0, 0, 0, 600_000];
  let arrival = 0;
  const pump = (): void => {
    while (ends.length < servers) {
      const next = admission.next('m', now, () => expired++);
      if (next === undefined) return;
      admission.take('m', next, now);
      if (now - next.enqueuedAt <= patienceMs) good++;
      else late++;
      ends.push(now + 1000 * exponential(random));
      ends.sort((a, b) => a - b);
    }
  };
  while (now < horizon) {
    now = Math.min(arrival, ends[0] ?? Number.POSITIVE_INFINITY);
    if (now === arrival) {
      if (!admission.submit({ item: 0, key: 'a', model: 'm', tokens: 1, patienceMs }, now).ok) refused++;
      arrival += (1000 / (2 * servers)) * exponential(random);
    } else ends.shift();
    pump();
  }
  expect(good / (servers * (horizon / 1000))).toBeGreaterThanOrEqual(0.9);
  expect(late).toBe(0);
  expect(refused + expired).toBeGreaterThan(good / 2);
});
