import type { Orchestrator } from '../cluster/orchestrator.ts';
import type { Registry, Scalar } from './registry.ts';

/** Nodes up to which each has series of its own; beyond, a board would drown in them. */
const MOST_NODES = 200;
/** Figures of a host that have families of their own. */
const COUNTED: ReadonlySet<string> = new Set(['heap', 'instructions', 'disMs']);

/** Gauges that are read when somebody looks, and counters of what the event log tells. Ends with the returned function. */
export function watchCluster(registry: Registry, orchestrator: Orchestrator): () => void {
  const gauge = (name: string, help: string, labels?: readonly string[]): Scalar =>
    registry.gauge(name, help, labels);
  const nodes = gauge('llambo_nodes', 'Nodes by class and state.', ['class', 'state']);
  const load = gauge('llambo_load', 'Requests in flight.', ['class']);
  const capacity = gauge('llambo_capacity', 'Requests that the nodes take at once.', ['class']);
  const utilisation = gauge('llambo_utilisation_ratio', 'Load over capacity, 0 to 1.');
  const waiting = gauge('llambo_queue_waiting', 'Questions that wait for a node.');
  const throughput = gauge(
    'llambo_tokens_per_second',
    'Generated tokens a second, over the last ten seconds.',
  );
  const uptime = gauge('llambo_uptime_seconds', 'Since the orchestrator started.');
  const strategy = gauge('llambo_strategy_info', 'The balancing strategy, as a label of 1.', ['strategy']);
  const perNode = {
    requests: registry.counter(
      'llambo_node_requests_total',
      `Questions of each node, up to ${MOST_NODES} nodes.`,
      ['node', 'class'],
    ),
    tokens: registry.counter('llambo_node_tokens_total', `Tokens of each node, up to ${MOST_NODES} nodes.`, [
      'node',
      'class',
    ]),
    failures: registry.counter(
      'llambo_node_failures_total',
      `Failures of each node, up to ${MOST_NODES} nodes.`,
      ['node', 'class'],
    ),
  };
  const host = gauge('llambo_host', 'Figures of each host, by name of the figure.', ['host', 'figure']);
  const dis = {
    heap: gauge('llambo_dis_heap_bytes', "Heaps of a host's Dis machines, in use.", ['host']),
    instructions: registry.counter(
      'llambo_dis_instructions_total',
      "Instructions that a host's Dis machines executed, about: branches are counted, one for four.",
      ['host'],
    ),
    seconds: registry.counter('llambo_dis_seconds_total', 'Processor time that they took.', ['host']),
  };
  const requests = registry.counter(
    'llambo_styx_requests_total',
    'Styx requests from the orchestrator to a host and its threads.',
    ['host', 'message'],
  );
  const errors = registry.counter('llambo_styx_errors_total', 'Those that an Rerror answered.', ['host']);
  const spawns = registry.counter('llambo_spawns_total', 'Nodes that were spawned.', ['class']);
  const scalings = registry.counter('llambo_scaling_decisions_total', 'Decisions of the autoscaler.', [
    'class',
    'direction',
  ]);
  const running = gauge('llamacpp:requests_processing', 'Requests in flight.').with();
  const deferred = gauge('llamacpp:requests_deferred', 'Requests that wait.').with();
  const predicted = gauge('llamacpp:predicted_tokens_seconds', 'Generated tokens a second.').with();
  const vllmRunning = gauge('vllm:num_requests_running', 'Requests in flight.', ['model_name']);
  const vllmWaiting = gauge('vllm:num_requests_waiting', 'Requests that wait.', ['model_name']);
  const rss = gauge('process_resident_memory_bytes', 'Resident memory of the orchestrator.').with();
  const cpu = registry
    .counter('process_cpu_seconds_total', 'User and system time of the orchestrator.')
    .with();

  /** Up to when decisions were counted, and the newest that was. */
  let counted = 0;
  let newest = 0;

  registry.onCollect(() => {
    const status = orchestrator.status();
    for (const { child } of nodes.children.values()) child.value = 0;
    for (const each of status.classes) {
      load.with(each.name).value = each.load;
      capacity.with(each.name).value = each.capacity;
    }
    const all = orchestrator.nodes;
    const byModel = new Map<string, number>();
    if (all.length > MOST_NODES) for (const family of Object.values(perNode)) family.children.clear();
    for (const node of all) {
      nodes.with(node.class, node.state).value++;
      byModel.set(node.model, (byModel.get(node.model) ?? 0) + node.load);
      if (all.length > MOST_NODES) continue;
      perNode.requests.with(node.id, node.class).value = node.counters.requests;
      perNode.tokens.with(node.id, node.class).value = node.counters.tokens;
      perNode.failures.with(node.id, node.class).value = node.counters.failures;
    }
    utilisation.with().value = status.utilisation;
    waiting.with().value = status.waiting;
    throughput.with().value = status.tokensPerSecond;
    uptime.with().value = status.uptimeSeconds;
    strategy.children.clear();
    strategy.with(status.strategy).value = 1;
    running.value = status.load;
    deferred.value = status.waiting;
    predicted.value = status.tokensPerSecond;
    for (const [model, inFlight] of byModel) vllmRunning.with(model).value = inFlight;
    // The queue is one for all models here; with one model, as usual, it is that model's.
    for (const model of byModel.keys())
      vllmWaiting.with(model).value = byModel.size === 1 ? status.waiting : 0;
    for (const each of orchestrator.hosts()) {
      for (const [figure, value] of Object.entries(each)) {
        if (typeof value === 'number' && !COUNTED.has(figure))
          host.with(each.name, snake(figure)).value = value;
      }
      dis.heap.with(each.name).value = each.heap;
      dis.instructions.with(each.name).value = each.instructions;
      dis.seconds.with(each.name).value = each.disMs / 1000;
      const asked = orchestrator.fleet.host(each.name)?.requests;
      for (const [message, count] of asked?.sent ?? []) requests.with(each.name, message).value = count;
      if (asked !== undefined) errors.with(each.name).value = asked.errors;
    }
    for (const { at, class: name, from, to } of orchestrator.decisions().autoscaler) {
      if (at <= counted || from === to) continue;
      scalings.with(name, to > from ? 'up' : 'down').value++;
      newest = Math.max(newest, at);
    }
    counted = Math.max(counted, newest);
    rss.value = process.memoryUsage.rss();
    const { user, system } = process.cpuUsage();
    cpu.value = (user + system) / 1e6;
  });

  const count = (text: string): void => {
    const spawned = /^spawned (\d+) (\S+) nodes?/.exec(text);
    if (spawned !== null) spawns.with(spawned[2] as string).value += Number(spawned[1]);
  };
  for (const { text } of orchestrator.events.recent(1000)) count(text);
  return orchestrator.events.follow(({ text }) => count(text));
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
