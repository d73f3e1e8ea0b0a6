import { connect } from '../client/connect.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { table } from '../terminal.ts';
import { clock } from '../words.ts';

type Decision = Readonly<Record<string, unknown>>;

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const cluster = await connect(parsed.text('addr'));
  const [{ strategy }, { balancer }] = await Promise.all([cluster.status(), cluster.decisions()]);
  const newest = balancer.slice(-(parsed.number('count') ?? 20));
  if (!parsed.flag('json')) process.stdout.write(`strategy ${strategy}\n`);
  printDecisions(newest, parsed.flag('json'), 'it has chosen nothing yet');
  return EXIT.ok;
}

/** One line each, with a column for each member that they have. */
export function printDecisions(decisions: readonly Decision[], json: boolean, none: string): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(decisions)}\n`);
    return;
  }
  if (decisions.length === 0) {
    process.stdout.write(`${none}\n`);
    return;
  }
  const members = [...new Set(decisions.flatMap((decision) => Object.keys(decision)))];
  const rows = decisions.map((decision) => members.map((member) => cell(member, decision[member])));
  process.stdout.write(`${table([members.map((member) => member.toUpperCase()), ...rows])}\n`);
}

function cell(member: string, value: unknown): string {
  if (value === undefined || value === null) return '-';
  if (member === 'at' && typeof value === 'number') return clock(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(2);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
