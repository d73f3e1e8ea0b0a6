import type { Check } from '../doctor/check.ts';
import { config, home, libraries, models, ports, python, running } from '../doctor/install.ts';
import { memory, node, openFiles, processor, system } from '../doctor/machine.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { green, red, yellow } from '../terminal.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const checks = await examine();
  process.stdout.write(parsed.flag('json') ? `${JSON.stringify(checks)}\n` : report(checks));
  return checks.some(({ state }) => state === 'bad') ? EXIT.failure : EXIT.ok;
}

async function examine(): Promise<Check[]> {
  const [configuration, settings] = config();
  return [
    node(),
    system(),
    processor(),
    memory(),
    ...openFiles(),
    home(),
    configuration,
    ...(await models(settings)),
    python(),
    ...libraries(),
    ...(await ports(settings)),
    await running(),
  ];
}

function report(checks: readonly Check[]): string {
  const out = process.stdout;
  const paint = { ok: green, warn: yellow, bad: red };
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, state, found, fix }) => [
    `${paint[state](out, state.padEnd(4))}  ${name.padEnd(width)}  ${found}`,
    ...(fix === undefined ? [] : [`${' '.repeat(width + 8)}-> ${fix}`]),
  ]);
  const worst = checks.filter(({ state }) => state === 'bad').length;
  const better = checks.filter(({ state }) => state === 'warn').length;
  const verdict =
    worst > 0 ? `${worst} to fix` : better > 0 ? `works; ${better} could be better` : 'all is well';
  return `${lines.join('\n')}\n\n${verdict}\n`;
}
