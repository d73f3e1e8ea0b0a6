/** A cluster that answers what a test tells it to, in small pieces, with one model `m` of one node. */
import { EchoEngine, type GenerateRequest, type ScoreRequest } from '@llambo/llama';
import { EventLog } from '../../src/cluster/events.ts';
import type { AnswerSink, Inference, InferenceRequest } from '../../src/cluster/inference.ts';
import { LlamboError } from '../../src/errors.ts';
import { type Orchestrator, parseConfig } from '../../src/index.ts';

export interface Script {
  /** The answer to a request. */
  answer?(request: GenerateRequest): string;
  /** Whether the template writes tools out. */
  readonly knowsTools?: boolean;
}

const assignment = { node: 'worker-0001', class: 'tiny', model: 'm', strategy: 'least-loaded', attempt: 1 };

/** @returns the cluster, and the requests that reached it */
export function scripted({ answer = () => 'hello', knowsTools = false }: Script = {}): {
  readonly cluster: Orchestrator;
  readonly requests: GenerateRequest[];
} {
  const requests: GenerateRequest[] = [];
  const echo = new EchoEngine({ name: 'm' });
  const events = new EventLog();
  events.add('spawned 1 tiny nodes');
  const node = {
    ...{ id: 'worker-0001', class: 'tiny', model: 'm', state: 'idle', load: 0, capacity: 1, speed: 0 },
    ...{ cpu: 1, memory: 1, contextSize: 4096, counters: { requests: 0, tokens: 0, failures: 0 } },
  };
  const cluster = {
    config: parseConfig('classes: { tiny: { count: 1, model: m } }', 'test'),
    events,
    startedAt: Date.now(),
    nodes: [node],
    node: (id: string) => (id === node.id ? node : undefined),
    hosts: () => [],
    decisions: () => ({ balancer: [], autoscaler: [] }),
    autoscale: () => ({ enabled: false, policy: 'target', classes: [], decisions: [] }),
    metrics: () => '',
    execute: async () => 'done',
    latency: () => undefined,
    strategy: 'least-loaded',
    setStrategy: () => {},
    models: () => [echo.info],
    resolve(name: string | undefined) {
      if (name !== undefined && name !== '' && name !== 'm' && name !== 'tiny') {
        throw new LlamboError('unknown-model', `model ${name} is not served here; models: m`);
      }
      return { model: 'm', class: undefined };
    },
    status: () => ({
      ...{
        health: 'healthy',
        nodes: 1,
        maximum: 1,
        hosts: 1,
        states: { idle: 1, busy: 0 },
        classes: [{ name: 'tiny', nodes: 1, load: 0, capacity: 1 }],
        load: 0,
        capacity: 1,
      },
      ...{ utilisation: 0, waiting: 0, strategy: 'least-loaded', tokensPerSecond: 0, firstTokenMs: null },
      uptimeSeconds: 1,
    }),
    infer(request: InferenceRequest, sink: AnswerSink): Inference {
      cluster.resolve(request.model);
      requests.push(request.generate);
      const text = answer(request.generate);
      let at = 0;
      let over = false;
      const most = request.generate.maxTokens ?? Number.POSITIVE_INFINITY;
      sink.assigned?.(assignment);
      const step = (): void => {
        if (over) return;
        const count = Math.ceil(at / 3);
        if (at < text.length && count < most) {
          const piece = text.slice(at, at + 3);
          at += 3;
          const logprobs = [
            { token: at, text: piece, logprob: -0.5, top: [{ token: at, text: piece, logprob: -0.5 }] },
          ];
          sink.chunk({
            text: piece,
            tokens: [at],
            ...(request.generate.logprobs === undefined ? {} : { logprobs }),
          });
          setImmediate(step);
          return;
        }
        over = true;
        const usage = {
          promptTokens: 5,
          cachedTokens: 2,
          completionTokens: count,
          queueMs: 0,
          promptMs: 1,
          generateMs: 1,
        };
        sink.finish({ reason: at < text.length ? 'length' : 'stop', usage, assignment });
      };
      setImmediate(step);
      return { id: request.id, cancel: () => (over = true) };
    },
    score: (_model: string | undefined, request: ScoreRequest) => echo.score(request),
    embed: (_model: string | undefined, texts: string[]) => echo.embed(texts),
    tokenize: async (_model: string | undefined, text: string) =>
      [...text].map((char) => char.codePointAt(0) ?? 0),
    detokenize: async (_model: string | undefined, tokens: number[]) => String.fromCodePoint(...tokens),
    applyTemplate: async (
      _model: string | undefined,
      messages: { role: string; content: string }[],
      tools?: unknown[],
    ) =>
      messages.map(({ role, content }) => `<${role}>${content}`).join('\n') +
      (knowsTools && tools !== undefined ? JSON.stringify(tools) : ''),
  };
  return { cluster: cluster as unknown as Orchestrator, requests };
}
