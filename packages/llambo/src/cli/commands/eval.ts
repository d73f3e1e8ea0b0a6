import { writeFileSync } from 'node:fs';
import { LlamboError } from '../../errors.ts';
import { datasetNames, evaluate, reportJson, reportText, riskPicture } from '../../eval/index.ts';
import { EXIT, type Parsed } from '../spec.ts';

const DEFAULT_MODELS = ['smollm2-135m'];

/** `llamboctl eval [SET ...]`: how right models and their fusion are on public questions, or on a file of one's own. */
export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const sets = parsed.words;
  if (sets.length === 0) {
    process.stdout.write(`${datasetNames().join('\n')}\n`);
    return EXIT.ok;
  }
  const [items, minutes] = [parsed.number('items') ?? 50, parsed.number('minutes') ?? 10];
  if (!(items >= 10)) throw new LlamboError('bad-request', 'items must be 10 or more');
  const models = parsed.texts('model');
  const report = await evaluate({
    sets,
    models: models.length > 0 ? models : DEFAULT_MODELS,
    items,
    budgetMs: minutes * 60_000,
    log: (text) => process.stderr.write(`${text}\n`),
  });
  const picture = parsed.text('svg');
  if (picture !== undefined && report.choice !== undefined) {
    writeFileSync(picture, riskPicture(report.choice.risk, `accuracy over coverage: ${sets.join(', ')}`));
  }
  process.stdout.write(
    parsed.flag('json') ? `${JSON.stringify(reportJson(report))}\n` : `${reportText(report)}\n`,
  );
  return EXIT.ok;
}
