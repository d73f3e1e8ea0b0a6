/** Fills the store: asks an engine for what is not there yet. Interrupted, it goes on where it was. */
import { collect, type Engine, LocalEngine, ModelStore } from '@llambo/llama';
import { type Sampling, sampleRequest } from './answers.ts';
import type { Reading } from './choice.ts';
import type { EvalItem } from './item.ts';
import { ask, recall } from './members.ts';
import type { AnswerStore, StoredAnswer } from './store.ts';

export interface GenerateOptions {
  readonly threads?: number;
  readonly log?: (text: string) => void;
  /** No item is begun after this much time, in milliseconds; default: none. */
  readonly budgetMs?: number;
}

/** One item's questions to a model. */
export interface Job {
  readonly item: EvalItem;
  readonly readings?: readonly Reading[];
  readonly sampling?: Sampling;
}

const AT_ONCE = 4;

/** Whether everything that a job asks for is stored. */
export function answered(store: AnswerStore, { item, readings = [], sampling }: Job): boolean {
  const formats = readings.flatMap(membersOf);
  return (
    formats.every((member) => recall(store, member, item) !== undefined) &&
    (sampling === undefined ||
      Array.from({ length: sampling.samples + 1 }, (_, n) =>
        store.answer(sampleRequest(item, n, sampling)),
      ).every((answer) => answer !== undefined))
  );
}

const membersOf = ({ model, format, rotation, prior }: Reading) => [
  { model, format, rotation },
  ...(prior === undefined ? [] : [{ model, format: prior, rotation: 0 }]),
];

/** Starts the model's engine when there is anything to ask, and asks. The number of jobs that were left over. */
export async function generate(
  store: AnswerStore,
  jobs: readonly Job[],
  options: GenerateOptions = {},
): Promise<number> {
  const todo = jobs.filter((job) => !answered(store, job));
  if (todo.length === 0) return 0;
  const { log = () => {}, budgetMs = Number.POSITIVE_INFINITY } = options;
  log(`${store.model}: ${todo.length} of ${jobs.length} items to ask`);
  const { path } = await new ModelStore().pull(store.model);
  const engine = await LocalEngine.load({ path, context: 1024, sequences: 40, threads: options.threads });
  const start = performance.now();
  let next = 0;
  try {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < todo.length && performance.now() - start < budgetMs) {
          await run(store, engine, todo[next++] as Job);
          if (next % 20 === 0) log(`${store.model}: ${next} of ${todo.length}`);
        }
      }),
    );
  } finally {
    await engine.close();
  }
  return todo.length - next;
}

async function run(
  store: AnswerStore,
  engine: Engine,
  { item, readings = [], sampling }: Job,
): Promise<void> {
  for (const member of readings.flatMap(membersOf)) await ask(store, engine, member, item);
  if (sampling === undefined) return;
  const one = async (request: Parameters<AnswerStore['generate']>[0]): Promise<StoredAnswer> => {
    const { text, logprobs, usage } = await collect(engine, { ...request, logprobs: 0 });
    return {
      text: text.trim(),
      logprobs: logprobs.map(({ logprob }) => Math.round(logprob * 1000) / 1000),
      tokens: usage.completionTokens,
    };
  };
  await Promise.all(
    Array.from({ length: sampling.samples + 1 }, (_, n) =>
      store.generate(sampleRequest(item, n, sampling), one),
    ),
  );
}
