import type { ClusterEvent } from '../../cluster/events.ts';
import type { ClusterStatus } from '../../cluster/status.ts';

export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatRequest {
  readonly messages: readonly ChatTurn[];
  /** A model or a class; undefined: the cluster's default. */
  readonly model?: string | undefined;
  readonly max_tokens?: number | undefined;
  /** Sampling, by the names of the OpenAI API and llama.cpp. */
  readonly [option: string]: unknown;
}

/** What the cluster says of an answer. */
export interface Provenance {
  readonly node: string;
  readonly class: string;
  readonly strategy: string;
  readonly attempts: number;
  readonly queue_ms: number;
  readonly prompt_ms: number;
  readonly generate_ms: number;
  readonly tokens_per_second: number | null;
}

export interface ChatEnd {
  readonly reason: string;
  readonly model: string;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly provenance: Provenance | undefined;
}

/** A status may tell more than the figures that every cluster has. */
export type Status = ClusterStatus & {
  readonly maximum?: number;
  readonly version?: string;
  /** Share of its time that the cluster could answer, 0 to 1. */
  readonly availability?: number;
};

export interface NodeRow {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  /** Null: the cluster has no hosts of its own to name. */
  readonly host: string | null;
  readonly state: string;
  readonly load: number;
  readonly capacity: number;
  /** Tokens a second of its answers, lately. */
  readonly speed: number | null;
  readonly requests: number;
  readonly tokens: number;
  readonly failures: number;
}

export interface NodeDetail extends NodeRow {
  readonly namespace?: string;
  readonly status?: string;
  readonly log?: readonly string[] | string;
}

export interface HostRow {
  readonly name: string;
  readonly address: string;
  readonly state: string;
  readonly cpus: number;
  readonly memory: number;
  readonly freeMemory: number;
  readonly workers: number;
  readonly threads: number;
  readonly models: readonly string[];
  readonly rttMs: number | null;
  readonly uptimeSeconds: number;
}

export interface Decisions {
  readonly balancer: readonly Readonly<Record<string, unknown>>[];
  readonly autoscaler: readonly Readonly<Record<string, unknown>>[];
}

export interface ModelRow {
  readonly name: string;
  /** Tokens of prompt and answer together; undefined: the cluster does not say. */
  readonly context: number | undefined;
}

export interface FusionVote {
  readonly node: string;
  readonly text: string;
  /** Why it counts nothing. */
  readonly error?: string;
}

export interface FusionResult {
  /** Empty when abstained. */
  readonly answer: string;
  readonly abstained: boolean;
  /** Why there is no answer. */
  readonly reason?: string;
  readonly strategy: string;
  readonly agreement: { readonly share: number };
  /** Where the surface tells them: over HTTP. */
  readonly votes?: readonly FusionVote[];
  readonly dissent?: readonly { readonly text: string; readonly share: number }[];
  /** Nodes that voted, of those that were asked. */
  readonly responded: number;
  readonly asked: number;
  readonly ms: number;
}

export interface FusionRequest {
  readonly messages: readonly ChatTurn[];
  readonly options?: readonly string[] | undefined;
  readonly strategy?: string | undefined;
  readonly nodes?: number | undefined;
  readonly model?: string | undefined;
}

/** What a command can do with a cluster, over whichever protocol its address speaks. */
export interface ClusterClient {
  /** As it was given or found. */
  readonly address: string;
  status(): Promise<Status>;
  nodes(): Promise<readonly NodeRow[]>;
  /** @throws LlamboError `unknown-node` */
  node(id: string): Promise<NodeDetail>;
  hosts(): Promise<readonly HostRow[]>;
  /** Those that are kept, then each as it happens, until aborted. `live` is called between the two. */
  events(signal: AbortSignal, onEvent: (event: ClusterEvent) => void, live?: () => void): Promise<void>;
  decisions(): Promise<Decisions>;
  /** The Prometheus text. */
  metrics(): Promise<string>;
  /** One line of the ctl grammar; the cluster's answer. @throws LlamboError with the reason, when it is refused */
  ctl(line: string, signal?: AbortSignal): Promise<string>;
  /** What is wanted of the cluster, as ctl lines. */
  checkpoint(): Promise<string>;
  models(): Promise<readonly ModelRow[]>;
  /** Tokens of prompt and answer together, of a model or class; undefined when the cluster does not say. */
  context(model: string | undefined): Promise<number | undefined>;
  /** Tokens of the text by the model's own tokenizer. */
  countTokens(model: string | undefined, text: string): Promise<number>;
  /** Tokens of the whole prompt that these messages become; undefined when the cluster cannot say. */
  countPrompt(model: string | undefined, messages: readonly ChatTurn[]): Promise<number | undefined>;
  /** Asks, and hands out the answer as it comes. */
  chat(request: ChatRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<ChatEnd>;
  fuse(
    request: FusionRequest,
    onVote: (vote: FusionVote) => void,
    signal?: AbortSignal,
  ): Promise<FusionResult>;
  close(): Promise<void>;
}
