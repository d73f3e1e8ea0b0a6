import type { NodeDetail, NodeRow } from '../client/client.ts';
import { connect } from '../client/connect.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { bold, table } from '../terminal.ts';
import { thousands } from '../words.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const cluster = await connect(parsed.text('addr'));
  const [name] = parsed.words;
  if (name !== undefined) {
    const node = await cluster.node(name);
    process.stdout.write(parsed.flag('json') ? `${JSON.stringify(node)}\n` : describeNode(node));
    return EXIT.ok;
  }
  const ofClass = parsed.text('class');
  const state = parsed.text('state');
  const nodes = (await cluster.nodes())
    .filter((node) => ofClass === undefined || node.class === ofClass)
    .filter((node) => state === undefined || node.state === state);
  const sorted = sortNodes(nodes, (parsed.text('sort') ?? 'id') as keyof NodeRow);
  if (parsed.flag('json')) process.stdout.write(`${JSON.stringify(sorted)}\n`);
  else if (parsed.flag('names')) process.stdout.write(sorted.map(({ id }) => `${id}\n`).join(''));
  else process.stdout.write(`${table([NODE_HEAD, ...sorted.map(nodeCells)])}\n`);
  return EXIT.ok;
}

export const NODE_HEAD: readonly string[] = [
  'NODE',
  'CLASS',
  'MODEL',
  'HOST',
  'STATE',
  'LOAD',
  'TOK/S',
  'REQUESTS',
  'TOKENS',
  'FAILURES',
];

export const nodeCells = (node: NodeRow): string[] => [
  node.id,
  node.class,
  node.model,
  node.host ?? '-',
  node.state,
  `${node.load}/${node.capacity}`,
  node.speed === null || node.speed === undefined ? '-' : node.speed.toFixed(1),
  thousands(node.requests),
  thousands(node.tokens),
  thousands(node.failures),
];

/** Names upwards, figures downwards; equals by name. */
export function sortNodes(nodes: readonly NodeRow[], by: keyof NodeRow): NodeRow[] {
  return [...nodes].sort((a, b) => {
    const [left, right] = [a[by], b[by]];
    if (typeof left === 'number' || typeof right === 'number') {
      const difference = Number(right ?? 0) - Number(left ?? 0);
      if (difference !== 0) return difference;
    } else if (left !== right) return String(left) < String(right) ? -1 : 1;
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  });
}

function describeNode(node: NodeDetail): string {
  const out = process.stdout;
  const rows = NODE_HEAD.map((head, i) => [`  ${head.toLowerCase()}`, nodeCells(node)[i] as string]);
  const parts = [`${bold(out, node.id)}\n${table(rows.slice(1))}`];
  const section = (title: string, text: string | undefined): void => {
    if (text?.trim()) parts.push(`${bold(out, title)}\n${indent(text)}`);
  };
  section('status', node.status);
  section('namespace', node.namespace);
  section('log', typeof node.log === 'string' ? node.log : node.log?.join('\n'));
  return `${parts.join('\n\n')}\n`;
}

const indent = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
