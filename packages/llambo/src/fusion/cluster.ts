/** The orchestrator as a fusion sees it. */
import type { Chunk, Score, ScoreRequest } from '@llambo/llama';
import type { AnswerSink, Inference, InferenceRequest } from '../cluster/inference.ts';
import { requestCancelled } from '../errors.ts';
import type { ScoreCall } from './formats.ts';
import { Reliabilities } from './reliability.ts';
import type { AskAnswer, AskRequest, FusionCluster, FusionNode } from './types.ts';

/** What is used of a node of the registry. */
export interface HostedNode {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  readonly state: string;
  readonly load: number;
  readonly capacity: number;
  readonly host?: string;
}

/** What is used of the orchestrator: `node` pins a question to that node, which alone answers it, or fails. */
export interface FusionHost {
  readonly nodes: readonly HostedNode[];
  infer(request: InferenceRequest & { readonly node?: string }, sink: AnswerSink): Inference;
  score(
    model: string | undefined,
    request: Omit<ScoreRequest, 'caller'> & { readonly node?: string },
    signal?: AbortSignal,
  ): Promise<readonly Score[]>;
  embed(model: string | undefined, texts: readonly string[]): Promise<readonly Float32Array[]>;
}

const remembered = new WeakMap<object, Reliabilities>();

/** States in which a node takes another question. */
const READY = new Set(['idle', 'busy']);

/**
 * @param owner whose nodes these are: what canaries show of them is remembered with it, from one fusion to the next
 */
export function fusionCluster(host: FusionHost, owner: object = host): FusionCluster {
  const models = new Map<string, string>();
  const reliabilities = remembered.get(owner) ?? new Reliabilities();
  remembered.set(owner, reliabilities);
  return {
    reliabilities,
    nodes: () =>
      host.nodes.map((node): FusionNode => {
        models.set(node.id, node.model);
        return {
          id: node.id,
          class: node.class,
          model: node.model,
          ...(node.host === undefined ? {} : { host: node.host }),
          ready: READY.has(node.state) && node.load < node.capacity,
          load: node.load,
          capacity: node.capacity,
        };
      }),
    ask: (node, request, signal) => ask(host, node, models.get(node), request, signal),
    score: (node, call: ScoreCall, signal) => host.score(models.get(node), { ...call, node }, signal),
    embed: (texts) => host.embed(undefined, texts),
  };
}

let serial = 0;

function ask(
  host: FusionHost,
  node: string,
  model: string | undefined,
  { messages, maxTokens, temperature, topP, seed, jsonSchema }: AskRequest,
  signal: AbortSignal,
): Promise<AskAnswer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(requestCancelled());
    const parts: string[] = [];
    const logprobs: number[] = [];
    const request: InferenceRequest & { readonly node: string } = {
      id: `vote-${++serial}`,
      ...(model === undefined ? {} : { model }),
      node,
      generate: {
        messages,
        maxTokens,
        temperature,
        logprobs: 0,
        ...(topP === undefined ? {} : { topP }),
        ...(seed === undefined ? {} : { seed }),
        ...(jsonSchema === undefined ? {} : { jsonSchema }),
      },
    };
    const over = (settle: () => void): void => {
      signal.removeEventListener('abort', aborted);
      settle();
    };
    const inference = host.infer(request, {
      chunk(chunk: Chunk) {
        parts.push(chunk.text);
        for (const { logprob } of chunk.logprobs ?? []) logprobs.push(logprob);
      },
      finish: ({ usage }) =>
        over(() => resolve({ text: parts.join('').trim(), logprobs, tokens: usage.completionTokens })),
      error: (error) => over(() => reject(error)),
    });
    function aborted(): void {
      inference.cancel();
      reject(requestCancelled());
    }
    signal.addEventListener('abort', aborted, { once: true });
  });
}
