import type { VNode } from 'preact';
import { count, integer, milliseconds } from '../format.ts';
import { Chart, type Series } from './chart.tsx';

const throughput: readonly Series[] = [
  { key: 'tokensPerSecond', label: 'tok/s', colour: '--series-1', fill: true },
];
const latency: readonly Series[] = [
  { key: 'p50', label: 'p50', colour: '--series-1' },
  { key: 'p95', label: 'p95', colour: '--series-2' },
  { key: 'p99', label: 'p99', colour: '--series-3' },
];
const utilisation: readonly Series[] = [
  { key: 'utilisation', label: 'utilization', colour: '--series-1', fill: true },
];
const nodes: readonly Series[] = [{ key: 'nodes', label: 'nodes', colour: '--series-2', fill: true }];
const waiting: readonly Series[] = [{ key: 'waiting', label: 'waiting', colour: '--series-4', fill: true }];

export function Charts(): VNode {
  return (
    <section class="charts" aria-label="The last quarter of an hour">
      <Chart title="Throughput" series={throughput} format={(v) => `${count(v)}`} atLeast={10} />
      <Chart title="First token" series={latency} format={milliseconds} atLeast={10} />
      <Chart
        title="Utilization"
        series={utilisation}
        format={(v) => `${Math.round(v)}%`}
        atLeast={100}
        atMost={100}
      />
      <Chart title="Requests waiting" series={waiting} format={integer} atLeast={10} />
      <Chart title="Nodes" series={nodes} format={integer} atLeast={10} />
    </section>
  );
}
