/** Requests from text to the cluster: its own data file, and those of its nodes. */
import type { Opener } from '@llambo/styx/fs';
import type { AnswerWriter } from '../../wire/answer-writer.ts';
import { type EngineCalls, perform } from '../../wire/perform.ts';
import type { WireRequest } from '../../wire/request.ts';
import type { Orchestrator } from '../orchestrator.ts';

let serial = 0;

/**
 * Sends a request to the node that it is pinned to, or to the one that the balancer chooses. Who asks is the user of the
 * attach: prefixes are shared, and the queue is fair, by that name. What it returns gives the request up.
 */
export function answerRequest(
  orchestrator: Orchestrator,
  request: WireRequest,
  answer: AnswerWriter,
  opener: Opener,
  node?: string,
): () => void {
  const key = opener.uname;
  const model = request.class ?? request.model;
  const target = { key, ...(node === undefined ? {} : { node }) };
  const calls: EngineCalls = {
    generate(generate, sink) {
      const { caller: _caller, resume: _resume, ...rest } = generate;
      return orchestrator.infer(
        {
          id: request.id ?? `file-${++serial}`,
          ...(model === undefined ? {} : { model }),
          ...(request.session === undefined ? {} : { session: request.session }),
          ...target,
          generate: rest,
        },
        sink,
      );
    },
    score: (score, signal) => orchestrator.score(model, { ...score, ...target }, signal),
    embed: (texts) => orchestrator.embed(model, texts, target),
    tokenize: (text, options) => orchestrator.tokenize(model, text, options),
    detokenize: (tokens) => orchestrator.detokenize(model, tokens),
    applyTemplate: (messages, tools) => orchestrator.applyTemplate(model, messages, tools),
  };
  return perform(calls, request, undefined, answer);
}
