/** Requests from text, done by an engine. */
import type { Caller, Engine } from '@llambo/llama';
import { formatScore, formatTokens, formatVector } from './answer.ts';
import type { AnswerWriter } from './answer-writer.ts';
import type { WireGenerate, WireRequest } from './request.ts';

/** What a node can be asked: an engine's calls, whoever answers them. */
export type EngineCalls = Omit<Engine, 'info' | 'status' | 'close'>;

/** Does what `request` says and gives the answer to `answer`. What it returns cancels that. */
export function perform(
  engine: EngineCalls,
  request: WireRequest,
  caller: Caller | undefined,
  answer: AnswerWriter,
): () => void {
  if (request.op === 'generate') {
    const generation = engine.generate({ ...request.request, caller }, answer);
    return () => generation.cancel();
  }
  const stop = new AbortController();
  call(engine, request, caller, answer, stop.signal).then(
    () => answer.done(),
    (error) => answer.error(error),
  );
  return () => stop.abort();
}

async function call(
  engine: EngineCalls,
  request: Exclude<WireRequest, WireGenerate>,
  caller: Caller | undefined,
  answer: AnswerWriter,
  signal: AbortSignal,
): Promise<void> {
  switch (request.op) {
    case 'score':
      for (const score of await engine.score({ ...request.request, caller }, signal))
        answer.record(formatScore(score));
      return;
    case 'embed':
      for (const vector of await engine.embed(request.texts)) answer.record(formatVector(vector));
      return;
    case 'tokenize': {
      const options = request.special === undefined ? undefined : { special: request.special };
      for (const text of request.texts) answer.record(formatTokens(await engine.tokenize(text, options)));
      return;
    }
    case 'detokenize':
      answer.chunk({ text: await engine.detokenize(request.tokens), tokens: [] });
      return;
    case 'template':
      answer.chunk({ text: await engine.applyTemplate(request.messages, request.tools), tokens: [] });
  }
}
