import type { ClusterEvent } from '../../cluster/events.ts';
import { LlamboError } from '../../errors.ts';
import { cutShort } from '../errors.ts';
import type {
  ChatEnd,
  ChatRequest,
  ChatTurn,
  ClusterClient,
  Decisions,
  FusionRequest,
  FusionResult,
  FusionVote,
  HostRow,
  ModelRow,
  NodeDetail,
  NodeRow,
  Provenance,
  Status,
} from './client.ts';
import { HttpEndpoint, serverEvents } from './http.ts';

interface ChatEvent {
  readonly model: string;
  readonly choices: readonly {
    readonly delta: { readonly content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  } | null;
  readonly llambo?: Provenance;
  readonly error?: { readonly message: string };
}

/** The cluster through its gateway: gateway(4). */
export class HttpClient implements ClusterClient {
  readonly address: string;
  readonly #http: HttpEndpoint;

  constructor(url: string, key?: string) {
    this.address = url;
    this.#http = new HttpEndpoint(url, key);
  }

  status(): Promise<Status> {
    return this.#http.json('/api/v1/status');
  }

  async nodes(): Promise<readonly NodeRow[]> {
    return (await this.#http.json<{ nodes: NodeRow[] }>('/api/v1/nodes')).nodes;
  }

  node(id: string): Promise<NodeDetail> {
    return this.#http.json(`/api/v1/nodes/${encodeURIComponent(id)}`);
  }

  async hosts(): Promise<readonly HostRow[]> {
    return (await this.#http.json<{ hosts: HostRow[] }>('/api/v1/hosts')).hosts;
  }

  async events(
    signal: AbortSignal,
    onEvent: (event: ClusterEvent) => void,
    live: () => void = () => {},
  ): Promise<void> {
    const body = await this.#http.open('/api/v1/events', { signal });
    let begun = false;
    try {
      for await (const { event, data } of serverEvents(body)) {
        if (event === 'event') onEvent(JSON.parse(data) as ClusterEvent);
        else if (event === 'status' && !begun) {
          begun = true;
          live();
        }
      }
    } catch (error) {
      if (!signal.aborted) throw new LlamboError('unreachable', `events ended: ${(error as Error).message}`);
    }
  }

  decisions(): Promise<Decisions> {
    return this.#http.json('/api/v1/decisions');
  }

  metrics(): Promise<string> {
    return this.#http.text('/metrics', { patience: 10_000 });
  }

  async ctl(command: string, signal?: AbortSignal): Promise<string> {
    const request = { method: 'POST', body: { command }, signal } as const;
    return (JSON.parse(await this.#http.text('/api/v1/ctl', request)) as { result: string }).result;
  }

  checkpoint(): Promise<string> {
    return this.ctl('checkpoint');
  }

  async models(): Promise<readonly ModelRow[]> {
    const { data } = await this.#http.json<{
      data: { id: string; context_length?: number; meta?: { n_ctx?: number } }[];
    }>('/v1/models');
    return data.map(({ id, context_length, meta }) => ({ name: id, context: context_length ?? meta?.n_ctx }));
  }

  async context(model: string | undefined): Promise<number | undefined> {
    const body = { content: '', ...(model === undefined ? {} : { model }) };
    const request = { method: 'POST', body } as const;
    return (
      (await this.#http.json<{ max_model_len?: number | null }>('/tokenize', request)).max_model_len ??
      undefined
    );
  }

  async countTokens(model: string | undefined, content: string): Promise<number> {
    const body = { content, ...(model === undefined ? {} : { model }) };
    const { tokens } = await this.#http.json<{ tokens: unknown[] }>('/tokenize', { method: 'POST', body });
    return tokens.length;
  }

  async countPrompt(model: string | undefined, messages: readonly ChatTurn[]): Promise<number | undefined> {
    const body = { messages, ...(model === undefined ? {} : { model }) };
    try {
      const { tokens } = await this.#http.json<{ tokens: unknown[] }>('/tokenize', { method: 'POST', body });
      return tokens.length;
    } catch (error) {
      if (error instanceof LlamboError && error.code === 'bad-request') return undefined;
      throw error;
    }
  }

  async chat(request: ChatRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<ChatEnd> {
    const body = { ...request, stream: true, stream_options: { include_usage: true } };
    const answer = await this.#http.open('/v1/chat/completions', { method: 'POST', body, signal });
    const end = { reason: '', model: '', promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
    let provenance: Provenance | undefined;
    try {
      for await (const { data } of serverEvents(answer)) {
        if (data === '[DONE]') return { ...end, provenance };
        const event = JSON.parse(data) as ChatEvent;
        if (event.error !== undefined) throw new LlamboError('internal', event.error.message);
        const [choice] = event.choices;
        if (choice?.delta.content) onText(choice.delta.content);
        if (choice?.finish_reason != null) end.reason = choice.finish_reason;
        if (event.llambo !== undefined) provenance = event.llambo;
        end.model ||= event.model;
        if (event.usage != null) {
          end.promptTokens = event.usage.prompt_tokens;
          end.cachedTokens = event.usage.prompt_tokens_details?.cached_tokens ?? 0;
          end.completionTokens = event.usage.completion_tokens;
        }
      }
    } catch (error) {
      if (signal?.aborted || error instanceof LlamboError) throw error;
    }
    throw cutShort('the answer');
  }

  async fuse(
    request: FusionRequest,
    onVote: (vote: FusionVote) => void,
    signal?: AbortSignal,
  ): Promise<FusionResult> {
    const body = await this.#http.open('/api/v1/fusion', { method: 'POST', body: request, signal });
    for await (const { event, data } of serverEvents(body)) {
      const value = JSON.parse(data) as FusionVote & FusionResult & { error?: { message: string } };
      if (event === 'vote') onVote(value);
      else if (event === 'result') return value;
      else if (event === 'error') throw new LlamboError('internal', value.error?.message ?? data);
    }
    throw cutShort('the vote');
  }

  async close(): Promise<void> {}
}
