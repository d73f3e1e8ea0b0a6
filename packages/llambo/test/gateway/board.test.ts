/** What is deployed beside a cluster asks only for metrics that there are. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { ClusterMetrics } from '../../src/metrics/cluster-metrics.ts';
import { scripted } from './script.ts';
import { type Served, serve } from './support.ts';

const deployed = (path: string): string =>
  readFileSync(new URL(`../../../../deploy/${path}`, import.meta.url), 'utf8');

/** Families that a cluster like the script's has nothing to say about yet. */
const LATER = [
  'llambo_failovers_total',
  'llambo_scaling_decisions_total',
  'llambo_fusion_agreement',
  'llambo_host',
  'llambo_dis_seconds_total',
  'llambo_styx_requests_total',
  'llambo_styx_errors_total',
];

let served: Served;
let exposed: Set<string>;
beforeAll(async () => {
  served = await serve(scripted().cluster);
  await served.post('/v1/completions', { prompt: 'x' });
  const text = await (await fetch(`${served.url}/metrics`)).text();
  exposed = new Set([
    'up',
    ...LATER,
    ...[...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name as string),
  ]);
});
afterAll(() => served.gateway.close());

const namesIn = (expression: string): string[] =>
  [...expression.matchAll(/\b(?:(?:llambo|process|llamacpp|vllm)[\w:]+|up)\b(?=\{|\[|\)| |$)/g)]
    .map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
    .filter((name) => !/^llambo$/.test(name));

/** The parts of Grafana's dashboard model that it refuses to load without. */
const target = z.object({ expr: z.string().min(1), refId: z.string().regex(/^[A-Z]$/) });
const panel = z.object({
  id: z.int().positive(),
  type: z.enum(['stat', 'timeseries']),
  title: z.string().min(1),
  gridPos: z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1).max(24), h: z.int().min(1) }),
  targets: z.array(target).min(1),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string() }), overrides: z.array(z.unknown()) }),
});
const board = z.object({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int().min(36),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.enum(['datasource', 'query']) })),
  }),
  panels: z.array(panel).min(10),
});

test('the Grafana board is one, its panels do not overlap, and they ask for metrics that there are', () => {
  const { panels } = board.parse(JSON.parse(deployed('grafana/llambo.json')));
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { title, gridPos, targets } of panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect([title, taken.has(`${x} ${y}`)]).toEqual([title, false]);
        taken.add(`${x} ${y}`);
      }
    }
    for (const { expr } of targets) {
      const names = namesIn(expr);
      expect([title, names.length > 0]).toEqual([title, true]);
      for (const name of names)
        expect([title, exposed.has(name) ? name : `no ${name}`]).toEqual([title, name]);
    }
  }
});

test('the alert rules are rules, and ask for metrics that there are', () => {
  const rule = z.strictObject({
    alert: z.string().regex(/^Llambo\w+$/),
    expr: z.string(),
    for: z.string().regex(/^\d+[smh]$/),
    labels: z.object({ severity: z.enum(['warning', 'critical']) }),
    annotations: z.object({ summary: z.string().min(1) }),
  });
  const file = z.strictObject({
    groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })),
  });
  const { groups } = file.parse(parse(deployed('prometheus/alerts.yaml')));
  for (const { alert, expr } of groups.flatMap(({ rules }) => rules)) {
    const names = namesIn(expr);
    expect([alert, names.length > 0]).toEqual([alert, true]);
    for (const name of names) expect([alert, exposed.has(name) ? name : `no ${name}`]).toEqual([alert, name]);
  }
});

/** Prometheus' own judge, where there is one. */
const promtool = [process.env.LLAMBO_PEERS ?? '', ...(process.env.PATH ?? '').split(delimiter)]
  .map((folder) => join(folder, 'promtool'))
  .find((path) => existsSync(path));

test.skipIf(promtool === undefined)(
  "rules and every panel's expression are what Prometheus takes (skipped: no promtool in $LLAMBO_PEERS or $PATH)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'llambo-board-'));
    try {
      const { panels } = board.parse(JSON.parse(deployed('grafana/llambo.json')));
      const rules = panels
        .flatMap(({ targets }) => targets)
        .map(({ expr }, i) => ({
          record: `panel:${i}`,
          expr: expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$\w+/g, '.*'),
        }));
      const file = join(folder, 'panels.yaml');
      writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
      const alerts = fileURLToPath(new URL('../../../../deploy/prometheus/alerts.yaml', import.meta.url));
      const said = execFileSync(promtool as string, ['check', 'rules', alerts, file], { encoding: 'utf8' });
      expect(said).toMatch(new RegExp(`${rules.length} rules`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test('labels are bounded: what comes after the first thousands is counted together', () => {
  const { registry } = new ClusterMetrics();
  const family = registry.counter('test_total', 'Test.', ['name']);
  for (let i = 0; i < 5000; i++) family.with(`n${i}`).value++;
  expect(family.children.size).toBeLessThanOrEqual(2001);
  expect(registry.render()).toMatch(/^test_total\{name="other"\} 3000$/m);
});
