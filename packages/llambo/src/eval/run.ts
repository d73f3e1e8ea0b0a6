/** The evaluation from end to end: sets, stored answers (asked for where they are missing), reports. */
import { type AnswerReport, answerReport } from './answer-report.ts';
import { recallAnswers, SAMPLING, type Sampling } from './answers.ts';
import { observe, type Reading } from './choice.ts';
import {
  type ChoiceReport,
  choiceReport,
  defaultReadings,
  letterReading,
  nonEmpty,
} from './choice-report.ts';
import { evalFolder, loadSet } from './datasets.ts';
import { generate, type Job } from './generate.ts';
import type { EvalSet } from './item.ts';
import { AnswerStore } from './store.ts';

export interface EvalOptions {
  /** Names of sets, or .jsonl files. */
  readonly sets: readonly string[];
  readonly models: readonly string[];
  /** Sets on which nothing may be tuned: reported by themselves, with the weights that the other sets gave. */
  readonly fresh?: readonly string[];
  /** Items of a set at most. */
  readonly items: number;
  /** Milliseconds for asking models at most, each; 0 judges what is stored. */
  readonly budgetMs: number;
  readonly sampling?: Sampling;
  readonly threads?: number;
  readonly log?: (text: string) => void;
}

/** Items of a fresh set at least: fewer say nothing of it. */
const FRESH_LEAST = 10;

export interface EvalReport {
  readonly choice: ChoiceReport | undefined;
  readonly answers: readonly AnswerReport[];
}

/** @throws LlamboError `bad-request` for a set that does not exist, `unreachable` when it cannot be fetched */
export async function evaluate(options: EvalOptions): Promise<EvalReport> {
  const { models, sampling = SAMPLING, log = () => {} } = options;
  const sets: EvalSet[] = [];
  for (const name of options.sets) sets.push(await loadSet(name, options.items));
  const fresh: EvalSet[] = [];
  for (const name of options.fresh ?? []) fresh.push(await loadSet(name, options.items));
  const stores = new Map(models.map((model) => [model, new AnswerStore(evalFolder(), model)]));
  const closed = sets.filter(({ items }) => items[0]?.kind === 'choice');
  const open = sets.filter(({ items }) => items.length > 0 && items[0]?.kind !== 'choice');
  const readings = defaultReadings(models);
  const letters = models.map(letterReading);

  for (const model of options.budgetMs > 0 ? models : []) {
    const store = stores.get(model) as AnswerStore;
    const wanted = [...readings, ...letters].filter((reading) => reading.model === model);
    const jobs: Job[] = rounds([...closed, ...fresh]).map((item) => ({ item, readings: wanted }));
    jobs.push(...rounds(open).map((item): Job => ({ item, sampling })));
    const left = await generate(store, jobs, { threads: options.threads, log, budgetMs: options.budgetMs });
    if (left > 0) log(`${model}: ${left} items were not asked within the time; run it again to go on`);
  }

  const used = covered(readings, closed, stores);
  for (const reading of readings) {
    if (!used.includes(reading))
      log(`${reading.model} ${reading.format} is left out: too little of it is stored`);
  }
  const observed = nonEmpty(closed.map((set) => observe(set, used, stores)));
  const choice =
    observed.length === 0
      ? undefined
      : choiceReport(
          observed,
          used,
          letters.map((reading) => ({ reading, stores })),
          fresh
            .map((set) => observe(set, used, stores))
            .filter(({ tuning, rest }) => tuning.length + rest.length >= FRESH_LEAST),
        );
  const answers = open.flatMap((set) =>
    models.flatMap((model) => {
      const found = recallAnswers(set.items, stores.get(model) as AnswerStore, sampling);
      return found.length < 10 ? [] : [answerReport(set.name, model, found)];
    }),
  );
  return { choice, answers };
}

/** Readings that are stored for at least half of the items for which the best stored one is. */
function covered(
  readings: readonly Reading[],
  sets: readonly EvalSet[],
  stores: ReadonlyMap<string, AnswerStore>,
): Reading[] {
  const counts = readings.map((reading) =>
    sets.reduce((sum, set) => {
      const { tuning, rest } = observe(set, [reading], stores);
      return sum + tuning.length + rest.length;
    }, 0),
  );
  const most = Math.max(...counts);
  return readings.filter((_, at) => (counts[at] as number) * 2 >= most);
}

/** First items of all sets first, so that time that runs out takes from all alike. */
function rounds(sets: readonly EvalSet[]): EvalSet['items'][number][] {
  const most = Math.max(0, ...sets.map(({ items }) => items.length));
  return Array.from({ length: most }, (_, at) => sets.flatMap(({ items }) => items[at] ?? [])).flat();
}
