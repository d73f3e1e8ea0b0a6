import type { Usage } from '@llambo/llama';
import type { Assignment } from '../cluster/inference.ts';
import type { Cell, HistogramCell, Scalar } from './registry.ts';
import { type Histogram, Registry } from './registry.ts';

const FIRST_TOKEN = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const INTER_TOKEN = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5];
const REQUEST = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const SHARE = [0.25, 0.34, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** What one model's answers are counted in, found once. */
export interface ModelCells {
  readonly firstToken: HistogramCell;
  readonly firstTokenVllm: HistogramCell;
  readonly interToken: HistogramCell;
  readonly prompt: Cell;
  readonly cached: Cell;
  readonly completion: Cell;
}

/** The metrics of the data path: what every answer adds to. */
export class ClusterMetrics {
  readonly registry: Registry = new Registry();
  readonly #requests: Scalar;
  readonly #duration: Histogram;
  readonly #firstToken: Histogram;
  readonly #firstTokenVllm: Histogram;
  readonly #interToken: Histogram;
  readonly #tokens: Scalar;
  readonly #failovers: Scalar;
  readonly #http: Scalar;
  readonly #fusions: Scalar;
  readonly #agreement: Histogram;
  readonly #prompt: Cell;
  readonly #promptSeconds: Cell;
  readonly #predicted: Cell;
  readonly #predictedSeconds: Cell;
  readonly #models = new Map<string, ModelCells>();

  constructor() {
    const { registry } = this;
    this.#requests = registry.counter('llambo_requests_total', 'Questions that ended, by how they ended.', [
      'model',
      'class',
      'api',
      'outcome',
    ]);
    this.#duration = registry.histogram(
      'llambo_request_seconds',
      'From a question to its end.',
      ['model'],
      REQUEST,
    );
    this.#firstToken = registry.histogram(
      'llambo_first_token_seconds',
      'From a question to its first token, waiting included.',
      ['model'],
      FIRST_TOKEN,
    );
    this.#firstTokenVllm = registry.histogram(
      'vllm:time_to_first_token_seconds',
      'The same as llambo_first_token_seconds, by the name that vLLM boards know.',
      ['model_name'],
      FIRST_TOKEN,
    );
    this.#interToken = registry.histogram(
      'llambo_inter_token_seconds',
      'Between two chunks of one answer.',
      ['model'],
      INTER_TOKEN,
    );
    this.#tokens = registry.counter(
      'llambo_tokens_total',
      'Tokens, by kind: prompt, cached (of those), completion.',
      ['model', 'kind'],
    );
    this.#failovers = registry.counter('llambo_failovers_total', 'Answers that moved to another node.', [
      'model',
    ]);
    this.#http = registry.counter('llambo_http_requests_total', 'HTTP requests by status class.', [
      'api',
      'status',
    ]);
    this.#fusions = registry.counter('llambo_fusion_total', 'Fusion queries, by strategy.', ['strategy']);
    this.#agreement = registry.histogram(
      'llambo_fusion_agreement',
      'Share of the votes for the answer of a fusion query.',
      ['strategy'],
      SHARE,
    );
    this.#prompt = registry.counter('llamacpp:prompt_tokens_total', 'Prompt tokens that were read.').with();
    this.#promptSeconds = registry.counter('llamacpp:prompt_seconds_total', 'Time that prompts took.').with();
    this.#predicted = registry
      .counter('llamacpp:tokens_predicted_total', 'Tokens that were generated.')
      .with();
    this.#predictedSeconds = registry
      .counter('llamacpp:tokens_predicted_seconds_total', 'Time that generating took.')
      .with();
  }

  model(name: string): ModelCells {
    let cells = this.#models.get(name);
    if (cells === undefined) {
      cells = {
        firstToken: this.#firstToken.with(name),
        firstTokenVllm: this.#firstTokenVllm.with(name),
        interToken: this.#interToken.with(name),
        prompt: this.#tokens.with(name, 'prompt'),
        cached: this.#tokens.with(name, 'cached'),
        completion: this.#tokens.with(name, 'completion'),
      };
      this.#models.set(name, cells);
    }
    return cells;
  }

  failover(model: string): void {
    this.#failovers.with(model).value++;
  }

  /** @param outcome `stop`, `length`, or the code of the error */
  ended(api: string, assignment: Assignment | undefined, outcome: string, seconds: number): void {
    const model = assignment?.model ?? 'none';
    this.#requests.with(model, assignment?.class ?? 'none', api, outcome).value++;
    this.#duration.with(model).observe(seconds);
  }

  /** Short work, as texts to embed: how it ended. */
  errand(model: string, api: string, outcome: string): void {
    this.#requests.with(model, 'none', api, outcome).value++;
  }

  used(model: string, usage: Usage): void {
    const cells = this.model(model);
    cells.prompt.value += usage.promptTokens;
    cells.cached.value += usage.cachedTokens;
    cells.completion.value += usage.completionTokens;
    this.#prompt.value += usage.promptTokens - usage.cachedTokens;
    this.#promptSeconds.value += usage.promptMs / 1000;
    this.#predicted.value += usage.completionTokens;
    this.#predictedSeconds.value += usage.generateMs / 1000;
  }

  http(api: string, status: number): void {
    this.#http.with(api, `${Math.floor(status / 100)}xx`).value++;
  }

  /** @param agreement share of the votes for the answer, 0 to 1 */
  fusion(strategy: string, agreement: number | undefined): void {
    this.#fusions.with(strategy).value++;
    if (agreement !== undefined) this.#agreement.with(strategy).observe(agreement);
  }
}
