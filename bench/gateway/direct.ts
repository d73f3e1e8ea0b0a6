/** No cluster at all behind the gateway: what the gateway costs by itself. */
import { EchoEngine } from '@llambo/llama';
import { EventLog } from '../../packages/llambo/src/cluster/events.ts';
import type { AnswerSink, InferenceRequest } from '../../packages/llambo/src/cluster/inference.ts';
import type { Orchestrator } from '../../packages/llambo/src/index.ts';

const assignment = { node: 'worker-0001', class: 'tiny', model: 'm', strategy: 'least-loaded', attempt: 1 };

export function noCluster(tokenMs: number, capacity: number): Orchestrator {
  const engine = new EchoEngine({ name: 'm', tokenMs, sequences: capacity, queue: capacity });
  const direct = {
    events: new EventLog(),
    startedAt: Date.now(),
    nodes: [],
    metrics: () => '',
    latency: () => undefined,
    status: () => ({ health: 'healthy', nodes: 0, states: {}, classes: [] }),
    resolve: () => ({ model: 'm', class: undefined }),
    infer(request: InferenceRequest, sink: AnswerSink) {
      sink.assigned?.(assignment);
      const { cancel } = engine.generate(request.generate, {
        chunk: (chunk) => sink.chunk(chunk),
        finish: (finish) => sink.finish({ ...finish, assignment }),
        error: (error) => sink.error(error),
      });
      return { id: request.id, cancel };
    },
  };
  return direct as unknown as Orchestrator;
}
