/** What the files of the cluster say, llambo(4), as what a client hands out. */
import type { ClusterEvent } from '../../cluster/events.ts';
import { readAttributes } from '../attributes.ts';
import type { HostRow, NodeRow, Status } from './client.ts';

export function attributesOf(line: string): Record<string, string> {
  return Object.fromEntries(readAttributes(line.replace(/^\S+ (?=\S+=)/, '')));
}

export function parseNode(line: string): NodeRow {
  const values = attributesOf(line);
  const number = (name: string): number => Number(values[name] ?? 0);
  return {
    id: line.split(' ')[0] as string,
    class: values['class'] ?? '',
    model: values['model'] ?? '',
    host: values['host'] ?? null,
    state: values['state'] ?? '',
    load: number('load'),
    capacity: number('capacity'),
    speed: number('tokens_per_second'),
    requests: number('requests'),
    tokens: number('tokens'),
    failures: number('failures'),
  };
}

export function parseHost(text: string): HostRow {
  const values = Object.fromEntries(readAttributes(text));
  const number = (name: string): number => Number(values[name] ?? 0);
  return {
    name: values['name'] ?? '',
    address: values['address'] ?? '',
    state: values['state'] ?? '',
    cpus: number('cpus'),
    memory: number('memory'),
    freeMemory: number('free_memory'),
    workers: number('workers'),
    threads: number('threads'),
    models: (values['models'] ?? '').split(',').filter(Boolean),
    rttMs: values['rtt_ms'] === undefined ? null : number('rtt_ms'),
    uptimeSeconds: number('uptime_seconds'),
  };
}

/** What formatStatus wrote. */
export function parseStatus(text: string): Status {
  const [first = '', ...lines] = text.split('\n');
  const values: Record<string, string> = {};
  const classes: { name: string; nodes: number; load: number; capacity: number }[] = [];
  for (const line of lines) {
    const pairs = Object.fromEntries(readAttributes(line));
    const name = pairs['class'];
    if (name === undefined) Object.assign(values, pairs);
    else
      classes.push({
        name,
        nodes: Number(pairs['nodes']),
        load: Number(pairs['load']),
        capacity: Number(pairs['capacity']),
      });
  }
  const number = (name: string): number => Number(values[name] ?? 0);
  const states = Object.entries(values).flatMap(([name, value]) =>
    name.startsWith('nodes_') ? [[name.slice(6), Number(value)] as const] : [],
  );
  const capacity = number('capacity');
  const firstToken = Number(values['first_token_ms']);
  return {
    health: (values['health'] ?? 'down') as Status['health'],
    nodes: Number(/(\d+) nodes/.exec(first)?.[1] ?? 0),
    maximum: number('maximum'),
    hosts: number('hosts'),
    states: Object.fromEntries(states) as Status['states'],
    classes,
    load: number('load'),
    capacity,
    utilisation: capacity === 0 ? 0 : number('load') / capacity,
    waiting: number('waiting'),
    strategy: values['strategy'] ?? '',
    tokensPerSecond: number('tokens_per_second'),
    firstTokenMs: Number.isNaN(firstToken) ? null : firstToken,
    uptimeSeconds: number('uptime_seconds'),
    ...(values['availability'] === undefined ? {} : { availability: number('availability') }),
  };
}

const NUMBER = /^-?\d+(\.\d+)?$/;

/** Lines of `TIME attr=value ...` as the gateway has them; others, such as what the autoscaler is told, are passed over. */
export function parseDecisions(text: string): Record<string, string | number | null>[] {
  return text
    .split('\n')
    .filter((line) => /^\d{4}-\S+ /.test(line))
    .map((line) => {
      const space = line.indexOf(' ');
      const values = [...readAttributes(line.slice(space + 1))].map(
        ([name, value]) => [name, value === '-' ? null : NUMBER.test(value) ? Number(value) : value] as const,
      );
      return { at: Date.parse(line.slice(0, space)), ...Object.fromEntries(values) };
    });
}

/** `12:34:56 spawned 50 tiny nodes`: of today, or of yesterday when that would be later than now. */
export function parseEvent(line: string, serial: number): ClusterEvent {
  const [, hours, minutes, seconds, text] = /^(\d\d):(\d\d):(\d\d) (.*)$/.exec(line) ?? [];
  if (text === undefined) return { serial, at: Date.now(), text: line };
  const time = new Date();
  time.setHours(Number(hours), Number(minutes), Number(seconds), 0);
  const at = time.getTime() > Date.now() + 1000 ? time.getTime() - 86_400_000 : time.getTime();
  return { serial, at, text };
}
