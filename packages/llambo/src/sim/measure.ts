import { availableParallelism, cpus } from 'node:os';
import type { MeasuredCurve } from './curve.ts';
import { type Answered, ask } from './load.ts';
import { quantile } from './recorder.ts';

export interface MeasureOptions {
  /** Of the gateway: everything between a client and the engine is measured too, for it is there in service as well. */
  readonly url: string;
  readonly model: string;
  readonly threads?: number;
  /** Requests at once that are measured. Default 1, 2, 4, ... up to `most`. */
  readonly most: number;
  /** Tokens of an answer. Default 48. */
  readonly tokens?: number;
  /** Milliseconds until the cluster served, where that was seen. */
  readonly warmUpMs?: number;
  readonly log?: (text: string) => void;
}

const median = (values: readonly number[]): number => quantile(Float64Array.from(values).sort(), 0.5);

/** Measures a cluster whose nodes share one engine: how fast it generates for so many at once, and how fast it reads. */
export async function measureCurve(options: MeasureOptions): Promise<MeasuredCurve> {
  const { url, most, tokens = 48, log = () => {} } = options;
  await ask(url, { prompt: 32, tokens: 16 }); // the first one pays for pages and caches that nobody else pays for
  const read: [number, number][] = [];
  for (const prompt of [16, 64, 128, 256]) {
    const answers: Answered[] = [];
    for (let i = 0; i < 3; i++) answers.push(await ask(url, { prompt, tokens: 1 }));
    const length = (answers[0] as Answered).promptTokens;
    read.push([length, median(answers.map(({ firstMs }) => firstMs))]);
    log(`reading ${length} tokens: ${read.at(-1)?.[1].toFixed(1)} ms`);
  }
  const decode: [number, number][] = [];
  for (const batch of batches(most)) {
    const rounds: number[] = [];
    for (let round = 0; round < (batch < 8 ? 3 : 1); round++) {
      const answers = await Promise.all(
        Array.from({ length: batch }, () => ask(url, { prompt: 8, tokens: batch < 8 ? tokens : 2 * tokens })),
      );
      rounds.push(stepMs(answers));
    }
    decode.push([batch, median(rounds)]);
    log(`${batch} at once: ${decode.at(-1)?.[1].toFixed(1)} ms a step`);
  }
  const [cpu] = cpus();
  return {
    model: options.model,
    machine: `${availableParallelism()} x ${cpu?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}, over HTTP`,
    threads: options.threads ?? availableParallelism(),
    measured: new Date().toISOString().slice(0, 10),
    decode: decode.map(([batch, ms]) => [batch, round(ms)]),
    read: read.map(([length, ms]) => [length, round(ms)]),
    warmUpMs: Math.round(options.warmUpMs ?? 0),
  };
}

/** 1, 2, 4, ... and the most. */
function batches(most: number): number[] {
  const all: number[] = [];
  for (let batch = 1; batch < most; batch *= 2) all.push(batch);
  return [...all, most];
}

/** Milliseconds of a step while all of these were generating: between the last first token and the first end. */
function stepMs(answers: readonly Answered[]): number {
  const from = Math.max(...answers.map(({ pieces }) => pieces[0] as number));
  const to = Math.min(...answers.map(({ pieces }) => pieces.at(-1) as number));
  let steps = 0;
  for (const { pieces, tokens } of answers) {
    // A piece is a token, but for those that end within a character.
    steps += pieces.filter((at) => at > from && at <= to).length * (tokens / pieces.length);
  }
  return ((to - from) * answers.length) / steps;
}

const round = (value: number): number => Math.round(value * 100) / 100;
