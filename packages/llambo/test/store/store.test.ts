/** One suite for every store; what a crash can do to a file. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  applyChange,
  type Change,
  emptyState,
  formatRecord,
  JournalStore,
  MemoryStore,
  type Store,
} from '../../src/cluster/store/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llambo-store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const changes: readonly Change[] = [
  { kind: 'class', name: 'tiny', count: 12 },
  { kind: 'strategy', name: 'p2c' },
  { kind: 'autoscale', enabled: true, policy: 'target' },
  { kind: 'limits', limits: { minimum: 1, maximum: 50, classes: { tiny: { minimum: 0 } } } },
  { kind: 'drained', node: 'worker-0003', drained: true },
  { kind: 'drained', node: 'worker-0004', drained: true },
  { kind: 'drained', node: 'worker-0003', drained: false },
  { kind: 'node', last: 12 },
  { kind: 'event', event: { serial: 1, at: 5, text: 'spawned 12 tiny nodes\nzwölf' } },
  { kind: 'class', name: 'tiny', count: 3 },
];

const stores: Record<string, () => Store> = {
  memory: () => new MemoryStore(),
  journal: () => new JournalStore(join(folder, 'journal')),
  'journal that is compacted often': () => new JournalStore(join(folder, 'journal'), { compactAfter: 3 }),
};

describe.each(Object.entries(stores))('%s', (name, make) => {
  test('begins empty, and holds what was appended', async () => {
    const store = make();
    expect(store.load()).toEqual(emptyState);
    for (const change of changes) store.append(change);
    expect(store.state).toEqual({
      classes: { tiny: 3 },
      strategy: 'p2c',
      autoscale: { enabled: true, policy: 'target' },
      limits: { minimum: 1, maximum: 50, classes: { tiny: { minimum: 0 } } },
      drained: ['worker-0004'],
      lastNode: 12,
      events: [{ serial: 1, at: 5, text: 'spawned 12 tiny nodes\nzwölf' }],
    });
    await store.close();
  });

  test.skipIf(name === 'memory')('is the same after it was closed and opened', async () => {
    const store = make();
    store.load();
    for (const change of changes) {
      store.append(change);
      await store.flush();
    }
    await store.close();
    const again = make();
    expect(again.load()).toEqual(store.state);
    again.append({ kind: 'strategy', name: 'random' });
    await again.close();
    const third = make();
    expect(third.load().strategy).toBe('random');
    await third.close();
  });
});

describe('a journal', () => {
  test('cut at any byte holds every change that was whole', async () => {
    const path = join(folder, 'journal');
    const records = changes.map(formatRecord);
    const whole = Buffer.from(records.join(''));
    for (let cut = 0; cut <= whole.length; cut++) {
      writeFileSync(path, whole);
      truncateSync(path, cut);
      const store = new JournalStore(path);
      let end = 0;
      let expected = emptyState;
      for (const [i, record] of records.entries()) {
        end += Buffer.byteLength(record);
        if (end <= cut) expected = applyChange(expected, changes[i] as Change);
      }
      expect(store.load()).toEqual(expected);
      store.append({ kind: 'strategy', name: 'after' });
      await store.close();
      expect(new JournalStore(path).load()).toEqual({ ...expected, strategy: 'after' });
    }
  }, 60_000);

  test('with any byte changed never gives a change that was not written', () => {
    const path = join(folder, 'journal');
    const records = changes.map(formatRecord);
    const whole = Buffer.from(records.join(''));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] as number) ^ flip;
        writeFileSync(path, bytes);
        let expected = emptyState;
        let end = 0;
        for (const [i, record] of records.entries()) {
          end += Buffer.byteLength(record);
          if (at < end) break;
          expected = applyChange(expected, changes[i] as Change);
        }
        expect(new JournalStore(path).load()).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('says which file it cannot read', () => {
    expect(() => new JournalStore(folder).load()).toThrow(`cannot read ${folder}`);
  });

  test('stays small however many changes there are', async () => {
    const path = join(folder, 'journal');
    const store = new JournalStore(path, { compactAfter: 50 });
    store.load();
    for (let i = 0; i < 500; i++) {
      store.append({ kind: 'class', name: 'tiny', count: i });
      if (i % 20 === 0) await store.flush();
    }
    await store.close();
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(60);
    expect(new JournalStore(path).load().classes).toEqual({ tiny: 499 });
  });
});
