import type { Chunk, Engine, Finish, GenerateRequest, TokenLogprob } from './engine.ts';

export interface Answer extends Finish {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly logprobs: readonly TokenLogprob[];
}

/** Runs a request to its end and gives the whole answer. Rejects with the sink's error; aborting cancels it. */
export function collect(engine: Engine, request: GenerateRequest, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const tokens: number[] = [];
    const logprobs: TokenLogprob[] = [];
    const generation = engine.generate(request, {
      chunk(chunk: Chunk) {
        text += chunk.text;
        tokens.push(...chunk.tokens);
        if (chunk.logprobs) logprobs.push(...chunk.logprobs);
      },
      finish: (finish) => resolve({ ...finish, text, tokens, logprobs }),
      error: reject,
    });
    if (signal?.aborted) generation.cancel();
    else signal?.addEventListener('abort', () => generation.cancel(), { once: true });
  });
}
