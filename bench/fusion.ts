/**
 * `npm run bench -- fusion [SET ...]`: the pool, the vote and the cascade against honest single-node baselines on public
 * questions. Answers are asked for once and kept under $LLAMBO_HOME/cache/eval; a run that ends early goes on next time.
 * --write puts the figures into docs/fusion.md.
 * LLAMBO_EVAL_ITEMS items a set (100), LLAMBO_EVAL_MINUTES of asking a model at most (10; 0 judges what is stored),
 * LLAMBO_EVAL_MODELS names with commas, LLAMBO_EVAL_THREADS of an engine (1 where other work goes on).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  evaluate,
  reportJson,
  reportMarkdown,
  reportText,
  riskPicture,
} from '../packages/llambo/src/eval/index.ts';

const CHOICE = [
  'step_inference',
  'intent_recognition',
  'unit_identification',
  'general_knowledge',
  'truthfulqa_mc1',
  'hellaswag',
  'hindu_knowledge',
  'phrase_relatedness',
];
/** Nothing was ever tuned on these, or chosen in view of them: how good the pool is, without hindsight. */
const FRESH = [
  'human_organs_senses',
  'riddle_sense',
  'similarities_abstraction',
  'physical_intuition',
  'nonsense_words_grammar',
];
const WRITTEN = ['products', 'sums'];

const named = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const threads = process.env['LLAMBO_EVAL_THREADS'];
const report = await evaluate({
  sets: named.length > 0 ? named : [...CHOICE, ...WRITTEN],
  ...(named.length > 0 ? {} : { fresh: FRESH }),
  models: (process.env['LLAMBO_EVAL_MODELS'] ?? 'qwen2.5-0.5b,smollm2-135m').split(','),
  items: Number(process.env['LLAMBO_EVAL_ITEMS'] ?? 100),
  budgetMs: Number(process.env['LLAMBO_EVAL_MINUTES'] ?? 10) * 60_000,
  ...(threads === undefined ? {} : { threads: Number(threads) }),
  log: (text) => console.error(text),
});
console.log(reportText(report));
if (process.argv.includes('--write')) write();
console.log(JSON.stringify(reportJson(report)));

function write(): void {
  const text = readFileSync('docs/fusion.md', 'utf8');
  const [before] = text.split('<!-- figures -->');
  const [, after] = text.split('<!-- end of figures -->');
  const picture =
    report.choice === undefined
      ? ''
      : '\n\nAccuracy of the pool when only the share of questions on which the nodes agree most is answered:\n\n![accuracy over coverage](pictures/fusion-risk.svg)';
  if (report.choice !== undefined) {
    writeFileSync('docs/pictures/fusion-risk.svg', riskPicture(report.choice.risk, 'accuracy over coverage'));
  }
  const figures = reportMarkdown(report);
  writeFileSync(
    'docs/fusion.md',
    `${before}<!-- figures -->\n\n${figures}${picture}\n\n<!-- end of figures -->${after}`,
  );
}
