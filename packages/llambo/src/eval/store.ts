/**
 * Answers of models, kept in lines of JSON, one file a model: generated once, replayed by every rule afterwards. An
 * interrupted run goes on where it was; a changed prompt has another key and is asked again.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Engine, GenerateRequest } from '@llambo/llama';
import type { OptionScore, ScoreCall } from '../fusion/formats.ts';

/** A generated answer, and what is known of its tokens. */
export interface StoredAnswer {
  readonly text: string;
  /** Natural logarithms of the tokens' probabilities. */
  readonly logprobs: readonly number[];
  readonly tokens: number;
}

type Line = {
  readonly key: string;
  readonly scores?: readonly (readonly number[])[];
  readonly answer?: StoredAnswer;
};

export class AnswerStore {
  readonly model: string;
  readonly #path: string;
  readonly #lines = new Map<string, Line>();

  constructor(folder: string, model: string) {
    this.model = model;
    this.#path = join(folder, `${model}.jsonl`);
    mkdirSync(dirname(this.#path), { recursive: true });
    this.reload();
  }

  get size(): number {
    return this.#lines.size;
  }

  reload(): void {
    if (!existsSync(this.#path)) return;
    for (const text of readFileSync(this.#path, 'utf8').split('\n')) {
      if (text === '') continue;
      try {
        const line = JSON.parse(text) as Line;
        this.#lines.set(line.key, line);
      } catch {
        // the last line of a run that was killed: asked again
      }
    }
  }

  /** Scores that are there; undefined when the model has not been asked. */
  scores(call: ScoreCall): OptionScore[] | undefined {
    return this.#lines
      .get(keyOf(call))
      ?.scores?.map(([logprob, tokens, bytes]) => ({ logprob, tokens, bytes }) as OptionScore);
  }

  answer(request: GenerateRequest): StoredAnswer | undefined {
    return this.#lines.get(keyOf(request))?.answer;
  }

  async score(engine: Engine, call: ScoreCall): Promise<OptionScore[]> {
    const known = this.scores(call);
    if (known !== undefined) return known;
    const scores = await engine.score(call);
    const rows = scores.map(({ logprob, tokens, bytes }) => [Math.round(logprob * 1e4) / 1e4, tokens, bytes]);
    this.#put({ key: keyOf(call), scores: rows });
    return scores;
  }

  async generate(
    request: GenerateRequest,
    ask: (request: GenerateRequest) => Promise<StoredAnswer>,
  ): Promise<StoredAnswer> {
    const known = this.answer(request);
    if (known !== undefined) return known;
    const answer = await ask(request);
    this.#put({ key: keyOf(request), answer });
    return answer;
  }

  #put(line: Line): void {
    this.#lines.set(line.key, line);
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }
}

const keyOf = (request: unknown): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('base64url').slice(0, 20);
