/** The monitoring box, as rows of a terminal. */
import type { ClusterEvent } from '../../cluster/events.ts';
import { type Painter, pad, textWidth, truncate } from '../../terminal/index.ts';
import type { NodeRow, Status } from '../client/client.ts';
import { clock, duration, percent, thousands } from '../words.ts';
import { type Column, lengthOf, nodesOf, type Scene, type View } from './view.ts';

const WIDEST = 100;
const NARROWEST = 24;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const TITLE = 'LLAMBO CLUSTER MONITORING';

/** At most `rows` rows, none wider than `columns`. */
export function draw(view: View, scene: Scene, { columns, rows }: Size, paint: Painter): string[] {
  const width = Math.max(NARROWEST, Math.min(columns, WIDEST)) - 2;
  const room = Math.max(1, rows - 4);
  const body = bodyOf(view, scene, width, room, paint).slice(0, room);
  const line = (text: string): string => `│${pad(truncate(text, width), width)}│`;
  const box = [
    `┌${'─'.repeat(width)}┐`,
    line(centred(paint(TITLE, 'bold'), width)),
    `├${'─'.repeat(width)}┤`,
    ...body.map(line),
    `└${'─'.repeat(width)}┘`,
  ];
  return box.slice(0, rows).map((row) => truncate(row, columns));
}

const centred = (text: string, width: number): string =>
  `${' '.repeat(Math.max(0, (width - textWidth(text)) >> 1))}${text}`;

function bodyOf(view: View, scene: Scene, width: number, room: number, paint: Painter): string[] {
  const { level } = view;
  const { status, trouble } = scene;
  if (status === undefined) return ['', `  ${trouble ?? 'looking at the cluster ...'}`, ''];
  const foot = footer(view, scene, paint);
  const head = trouble === undefined ? [] : [`  ${paint(trouble, 'red')}`];
  if (level.kind === 'cluster') return clusterBody(view, scene, status, width, room, foot, head, paint);
  if (level.kind === 'nodes')
    return [...head, ...nodeTable(view, scene, width, room - head.length, foot, paint)];
  return [...head, ...nodeBody(scene, level.id, room - head.length, foot, paint)];
}

function footer(view: View, scene: Scene, paint: Painter): string {
  const keys =
    view.level.kind === 'cluster'
      ? 'enter class  a all nodes'
      : view.level.kind === 'nodes'
        ? `< > sort by ${view.sort}  r reverse  enter node  esc back`
        : 'esc back';
  const count = view.level.kind === 'nodes' ? `${view.selected + 1}/${lengthOf(view, scene)}  ` : '';
  return paint(`  ${count}${keys}  p ${view.paused ? 'go on' : 'pause'}  q quit`, 'dim');
}

/** The seed's dashboard. */
function clusterBody(
  view: View,
  { events }: Scene,
  status: Status,
  width: number,
  room: number,
  foot: string,
  head: readonly string[],
  paint: Painter,
): string[] {
  const inner = Math.max(16, width - 6);
  const classes = distribution(view, status, inner, paint);
  const box = [
    `  ┌${'─'.repeat(inner)}┐`,
    ...['Node Distribution:', ...classes].map((text) => `  │${pad(truncate(` ${text}`, inner), inner)}│`),
    `  └${'─'.repeat(inner)}┘`,
  ];
  const figures = figureRows(status, width, paint);
  // What a low window has no room for goes in this order: blank lines, activity, classes.
  const fixed = head.length + figures.length + box.length + 2;
  const airy = room >= fixed + 5;
  const gap = airy ? [''] : [];
  const activity = room - fixed - 3 * gap.length;
  const recent = events.slice(-Math.max(0, activity - 1)).reverse();
  return [
    ...head,
    ...gap,
    ...figures,
    ...gap,
    ...box,
    ...gap,
    ...(activity < 1 ? [] : ['  Recent Activity:', ...recent.map(activityRow)]),
    ...(view.selected < 0 ? [] : [foot]),
  ];
}

const activityRow = ({ at, text }: ClusterEvent): string => `  • ${clock(at)} - ${capital(text)}`;

function figureRows(status: Status, width: number, paint: Painter): string[] {
  const healthy = status.health === 'healthy';
  const mark = healthy ? '✓' : status.health === 'degraded' ? '!' : '✗';
  const colour = healthy ? 'green' : status.health === 'degraded' ? 'yellow' : 'red';
  const most = status.maximum === undefined ? '' : `/${status.maximum}`;
  const uptime =
    status.availability === undefined
      ? duration(status.uptimeSeconds)
      : `${(status.availability * 100).toFixed(2)}%`;
  const latency = status.firstTokenMs === null ? '-' : `${status.firstTokenMs.toFixed(0)}ms`;
  const pairs: [string, string][] = [
    [
      `Active Nodes: ${status.nodes}${most}`,
      `Status: ${paint(`${mark} ${status.health.toUpperCase()}`, colour)}`,
    ],
    [`Throughput: ${thousands(status.tokensPerSecond)} tok/s`, `Latency: ${latency}`],
    [`Utilization: ${percent(status.utilisation)}`, `Uptime: ${uptime}`],
  ];
  if (width < 50) return pairs.flat().map((text) => `  ${text}`);
  const half = Math.floor(width / 2) - 2;
  return pairs.map(([left, right]) => `  ${pad(left, half)}  ${right}`);
}

/** Bars as long as the shares; the longest takes twenty cells, or what there is room for. */
function distribution(
  { selected }: View,
  { classes, nodes }: Status,
  inner: number,
  paint: Painter,
): string[] {
  const most = Math.max(1, ...classes.map((each) => each.nodes));
  const cells = Math.max(4, Math.min(20, inner - 26));
  return classes.map(({ name, nodes: count }, i) => {
    const bar = '█'.repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * cells)));
    const share = nodes === 0 ? 0 : count / nodes;
    const label = `${capital(name)} (${count})`;
    const named = i === selected ? paint(label, 'inverse') : label;
    return `${pad(`${paint(bar, 'cyan')} ${named}`, inner - 8)}${percent(share).padStart(5)}`;
  });
}

type Cell = readonly [
  head: string,
  width: number,
  column: Column | undefined,
  text: (node: NodeRow) => string,
];

const CELLS: readonly Cell[] = [
  ['NODE', 12, 'id', ({ id }) => id],
  ['CLASS', 8, 'class', (node) => node.class],
  ['STATE', 9, 'state', ({ state }) => state],
  ['LOAD', 7, 'load', ({ load, capacity }) => `${load}/${capacity}`],
  ['TOK/S', 7, 'speed', ({ speed }) => (speed ? speed.toFixed(1) : '-')],
  ['REQUESTS', 9, 'requests', ({ requests }) => thousands(requests)],
  ['TOKENS', 10, 'tokens', ({ tokens }) => thousands(tokens)],
  ['FAILED', 7, 'failures', ({ failures }) => thousands(failures)],
  ['HOST', 12, undefined, ({ host }) => host ?? '-'],
];

function nodeTable(
  view: View,
  scene: Scene,
  width: number,
  room: number,
  foot: string,
  paint: Painter,
): string[] {
  const nodes = nodesOf(view, scene);
  const height = Math.max(1, room - 2);
  const first = Math.max(0, Math.min(view.selected - (height >> 1), nodes.length - height));
  const row = (texts: readonly string[]): string =>
    truncate(`  ${texts.map((text, i) => pad(text, (CELLS[i] as Cell)[1])).join(' ')}`, width);
  const head = row(
    CELLS.map(([name, , column]) => (column === view.sort ? `${name}${view.reversed ? '▴' : '▾'}` : name)),
  );
  const shown = nodes.slice(first, first + height).map((node, i) => {
    const text = row(CELLS.map(([, , , of]) => of(node)));
    if (first + i === view.selected) return paint(text, 'inverse');
    return node.state === 'error' ? paint(text, 'red') : text;
  });
  return [paint(head, 'bold'), ...shown, foot];
}

function nodeBody({ node }: Scene, id: string, room: number, foot: string, paint: Painter): string[] {
  if (node === undefined || node.id !== id) return [`  ${id}`, '', foot];
  const rows = [
    `  ${paint(node.id, 'bold')}  ${node.class}  ${node.model}  on ${node.host ?? '-'}`,
    `  ${node.state}, ${node.load} of ${node.capacity} in use, ${node.speed ? `${node.speed.toFixed(1)} tok/s` : 'no speed yet'}`,
    `  ${thousands(node.requests)} requests, ${thousands(node.tokens)} tokens, ${thousands(node.failures)} failures`,
  ];
  const part = (title: string, text: string | undefined): void => {
    if (text?.trim())
      rows.push(
        '',
        `  ${title}:`,
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`),
      );
  };
  part('Status', node.status);
  part('Namespace', node.namespace);
  part('Log', typeof node.log === 'string' ? node.log : node.log?.join('\n'));
  return [...rows.slice(0, Math.max(1, room - 1)), foot];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
