import { ModelStore } from '@llambo/llama';
import { formatBytes } from '../../config/units.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { table } from '../terminal.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const models = await new ModelStore().list();
  if (parsed.flag('json')) {
    process.stdout.write(`${JSON.stringify(models)}\n`);
    return EXIT.ok;
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
  return EXIT.ok;
}
