import { parseArgs } from 'node:util';
import { ModelStore } from '@llambo/llama';
import { formatBytes } from '../../config/units.ts';
import { table } from '../terminal.ts';

export const summary = 'list the models that are known and those that are here';
export const usage = 'llamboctl models [--json]';

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } });
  const models = await new ModelStore().list();
  if (values.json) {
    process.stdout.write(`${JSON.stringify(models)}\n`);
    return 0;
  }
  const rows = models.map(({ name, state, size, catalogue }) => [
    name,
    state,
    formatBytes(size),
    catalogue?.class ?? '',
    catalogue?.quantization ?? '',
    catalogue?.license ?? '',
    catalogue?.purpose ?? '',
  ]);
  process.stdout.write(
    `${table([['NAME', 'STATE', 'SIZE', 'CLASS', 'QUANT', 'LICENCE', 'FOR'], ...rows])}\n`,
  );
  return 0;
}
