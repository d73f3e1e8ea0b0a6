/** What an answer is when nothing dies. */
import { collect, type Engine, type GenerateRequest } from '@llambo/llama';

/** The right text, or every right text: see `Expected.judge`. */
export type Judgement = 'right' | 'near tie' | 'duplicated' | 'corrupted';

/**
 * Nats between the likeliest token and another one below which floating-point order decides: a prompt that is read in
 * pieces of other sizes, as after a failover, gives sums of other roundings. A guess.
 */
const NEAR = 0.1;
const MOST_TIES = 8;

interface Told {
  readonly tokens: readonly number[];
  readonly texts: readonly string[];
  readonly top: readonly (readonly { token: number; text: string; logprob: number }[])[];
}

export class Expected {
  readonly #engine: Engine;
  /** By request, and by what was said before: answers are asked for once. */
  readonly #known = new Map<string, Promise<Told>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Compares with the undisturbed answer; where that was nearly another token, with what follows on that one. */
  async judge(request: GenerateRequest, text: string): Promise<Judgement> {
    let said: readonly number[] = [];
    let rest = text;
    for (let ties = 0; ties <= MOST_TIES; ties++) {
      const { tokens, texts, top } = await this.#answer(request, said);
      let place = 0;
      for (; place < texts.length && rest.startsWith(texts[place] as string); place++)
        rest = rest.slice((texts[place] as string).length);
      if (place === texts.length) return rest !== '' ? 'duplicated' : ties === 0 ? 'right' : 'near tie';
      const best = top[place]?.[0];
      const other = top[place]?.find(
        ({ text, logprob }, i) =>
          i > 0 &&
          (best?.logprob ?? 0) - logprob < NEAR &&
          (text === '' ? rest === '' : rest.startsWith(text)),
      );
      if (other === undefined) return 'corrupted';
      if (other.text === '' && rest === '') return 'near tie';
      said = [...said, ...tokens.slice(0, place), other.token];
      rest = rest.slice(other.text.length);
    }
    return 'corrupted';
  }

  #answer(request: GenerateRequest, said: readonly number[]): Promise<Told> {
    const key = JSON.stringify([request, said]);
    let told = this.#known.get(key);
    if (told === undefined) this.#known.set(key, (told = this.#ask(request, said)));
    return told;
  }

  #ask(request: GenerateRequest, said: readonly number[]): Promise<Told> {
    const told = { tokens: [] as number[], texts: [] as string[], top: [] as Told['top'][number][] };
    return new Promise((resolve, reject) =>
      this.#engine.generate(
        { ...request, ...(said.length === 0 ? {} : { resume: said }) },
        {
          chunk({ tokens, text, logprobs }) {
            // Text of several tokens at once, where a character or a stop string spans them, stays together.
            told.tokens.push(...tokens);
            for (let i = 0; i < tokens.length; i++) {
              told.texts.push(i === tokens.length - 1 ? text : '');
              told.top.push(logprobs?.[i]?.top ?? []);
            }
          },
          finish: () => resolve(told),
          error: reject,
        },
      ),
    );
  }
}

/** Of an engine whose answers depend on prompt and seed alone. */
export async function exact(engine: Engine, request: GenerateRequest): Promise<string> {
  return (await collect(engine, request)).text;
}
