import { describe, expect, test } from 'vitest';
import type { NodeRow, Status } from '../../src/cli/client/client.ts';
import { bar } from '../../src/cli/progress.ts';
import { draw } from '../../src/cli/top/draw.ts';
import { FIRST_VIEW, nodesOf, press, type Scene, type View } from '../../src/cli/top/view.ts';
import { duration, thousands } from '../../src/cli/words.ts';
import { painter, textWidth } from '../../src/terminal/index.ts';

const plain = painter(false);

/** The cluster of the seed's drawing. */
const status: Status = {
  health: 'healthy',
  nodes: 1000,
  maximum: 10_000,
  states: { idle: 330, busy: 670 },
  classes: [
    { name: 'tiny', nodes: 750, load: 500, capacity: 750 },
    { name: 'medium', nodes: 200, load: 134, capacity: 200 },
    { name: 'large', nodes: 50, load: 36, capacity: 50 },
  ],
  load: 670,
  capacity: 1000,
  utilisation: 0.67,
  waiting: 0,
  strategy: 'least-loaded',
  tokensPerSecond: 10_234.4,
  firstTokenMs: 45,
  uptimeSeconds: 3600,
  availability: 0.9998,
};

const node = (id: string, more: Partial<NodeRow> = {}): NodeRow => ({
  id,
  class: 'tiny',
  model: 'm',
  host: null,
  state: 'idle',
  load: 0,
  capacity: 2,
  speed: 10,
  requests: 1,
  tokens: 5,
  failures: 0,
  ...more,
});

const at = (time: string): number => new Date(`2026-11-24T${time}`).getTime();

const scene: Scene = {
  address: '',
  status,
  nodes: [
    node('worker-0001'),
    node('worker-0002', { tokens: 9, state: 'error' }),
    node('worker-0003', { class: 'large' }),
  ],
  node: undefined,
  events: [
    { serial: 1, at: at('12:20:45'), text: 'node worker-0742 recovered from error' },
    { serial: 2, at: at('12:34:56'), text: 'spawned 50 new tiny nodes' },
  ],
  trouble: undefined,
};

const keys = (view: View, ...pressed: string[]): View =>
  pressed.reduce((view, key) => press(key, view, scene) as View, view);

describe('top', () => {
  test("draws the seed's box", () => {
    expect(draw({ ...FIRST_VIEW, selected: -1 }, scene, { columns: 66, rows: 40 }, plain).join('\n')).toBe(
      `┌────────────────────────────────────────────────────────────────┐
│                   LLAMBO CLUSTER MONITORING                    │
├────────────────────────────────────────────────────────────────┤
│                                                                │
│  Active Nodes: 1000/10000        Status: ✓ HEALTHY             │
│  Throughput: 10,234 tok/s        Latency: 45ms                 │
│  Utilization: 67%                Uptime: 99.98%                │
│                                                                │
│  ┌──────────────────────────────────────────────────────────┐  │
│  │ Node Distribution:                                       │  │
│  │ ████████████████████ Tiny (750)                     75%  │  │
│  │ █████ Medium (200)                                  20%  │  │
│  │ █ Large (50)                                         5%  │  │
│  └──────────────────────────────────────────────────────────┘  │
│                                                                │
│  Recent Activity:                                              │
│  • 12:34:56 - Spawned 50 new tiny nodes                        │
│  • 12:20:45 - Node worker-0742 recovered from error            │
└────────────────────────────────────────────────────────────────┘`,
    );
  });

  test('fits every window, at every level', () => {
    const views = [
      FIRST_VIEW,
      keys(FIRST_VIEW, 'enter'),
      keys(FIRST_VIEW, 'enter', 'enter'),
      keys(FIRST_VIEW, 'a', 'down', 'down'),
    ];
    for (const view of views)
      for (const columns of [24, 40, 66, 80, 200])
        for (const rows of [1, 3, 8, 14, 24, 60]) {
          const drawn = draw(view, scene, { columns, rows }, painter(true));
          expect(drawn.length).toBeLessThanOrEqual(rows);
          for (const row of drawn) expect(textWidth(row)).toBeLessThanOrEqual(columns);
        }
  });

  test('keys go into a class and a node, and back', () => {
    expect(keys(FIRST_VIEW, 'down', 'down', 'enter').level).toEqual({ kind: 'nodes', class: 'large' });
    expect(keys(FIRST_VIEW, 'enter', 'down', 'enter').level).toEqual({
      kind: 'node',
      class: 'tiny',
      id: 'worker-0002',
    });
    expect(keys(FIRST_VIEW, 'a', 'enter', 'escape').level).toEqual({ kind: 'nodes' });
    expect(keys(FIRST_VIEW, 'a', 'escape').level).toEqual({ kind: 'cluster' });
    expect(keys(FIRST_VIEW, 'up', 'j', 'j', 'j', 'j').selected).toBe(2);
    expect(press('q', FIRST_VIEW, scene)).toBeUndefined();
  });

  test('sorts by each column, both ways', () => {
    const by = (sort: View['sort'], reversed = false): string[] =>
      nodesOf({ ...FIRST_VIEW, level: { kind: 'nodes' }, sort, reversed }, scene).map(({ id }) =>
        id.slice(-1),
      );
    expect(by('tokens')).toEqual(['2', '1', '3']);
    expect(by('tokens', true)).toEqual(['1', '3', '2']);
    expect(by('state')).toEqual(['2', '1', '3']);
    expect(by('class')).toEqual(['3', '1', '2']);
  });

  test('says what is wrong when nothing comes', () => {
    const lost = { ...scene, trouble: 'no cluster answers' };
    expect(draw(FIRST_VIEW, lost, { columns: 66, rows: 24 }, plain).join('\n')).toContain(
      'no cluster answers',
    );
    const never = { ...scene, status: undefined };
    expect(draw(FIRST_VIEW, never, { columns: 66, rows: 24 }, plain).join('\n')).toContain(
      'looking at the cluster',
    );
  });
});

test('figures in words', () => {
  expect([59, 60, 3600 * 3 + 300, 86_400 * 2 + 4 * 3600].map(duration)).toEqual([
    '59 s',
    '1 min',
    '3 h 5 min',
    '2 d 4 h',
  ]);
  expect([0, 999, 1000, 1_234_567].map(thousands)).toEqual(['0', '999', '1,000', '1,234,567']);
});

test('a bar of progress fits its line', () => {
  expect(bar('spawn tiny', 25, 50, 3, 60, false)).toBe(
    'spawn tiny  ███████████████░░░░░░░░░░░░░░░  25/50  3 s left',
  );
  for (const columns of [1, 10, 20, 40, 80, 200])
    for (const done of [0, 1, 50])
      expect(textWidth(bar('spawn tiny', done, 50, 3, columns, true))).toBeLessThan(Math.max(2, columns));
});
