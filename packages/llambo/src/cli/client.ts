import type { ClusterStatus } from '../cluster/status.ts';
import { LlamboError, unreachable } from '../errors.ts';
import { readRunning } from './state.ts';

export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What the cluster says of an answer at its end. */
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
  readonly provenance: Provenance;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly model: string;
}

interface ChatEvent {
  readonly model: string;
  readonly choices: readonly {
    readonly delta: { readonly content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly llambo?: Provenance;
  readonly error?: { readonly message: string };
}

/** Where the cluster is: `--addr`, LLAMBO_ADDR, or the one that this home has running. */
export function clusterUrl(address?: string): string {
  const given = address ?? process.env['LLAMBO_ADDR'];
  if (given !== undefined && given !== '') return given.includes('://') ? given : `http://${given}`;
  const running = readRunning();
  if (running === undefined)
    throw new LlamboError('unreachable', 'no cluster is running; start one with llamboctl up');
  return running.url;
}

async function request(url: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw unreachable(new URL(url).origin, error);
  }
}

export async function fetchStatus(url: string): Promise<ClusterStatus> {
  const response = await request(`${url}/health`, { signal: AbortSignal.timeout(10_000) });
  return (await response.json()) as ClusterStatus;
}

/** Asks, and hands out the answer as it comes. @throws LlamboError with the cluster's own words */
export async function chat(
  url: string,
  body: { messages: readonly ChatTurn[]; model?: string | undefined; [option: string]: unknown },
  onText: (text: string) => void,
  signal?: AbortSignal,
): Promise<ChatEnd> {
  const response = await request(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }),
    signal: signal ?? null,
  });
  if (!response.ok || response.body === null) throw new LlamboError('bad-request', await errorText(response));
  let end: Partial<{ -readonly [Key in keyof ChatEnd]: ChatEnd[Key] }> = {};
  for await (const data of events(response.body)) {
    if (data === '[DONE]') return end as ChatEnd;
    const event = JSON.parse(data) as ChatEvent;
    if (event.error !== undefined) throw new LlamboError('internal', event.error.message);
    const [choice] = event.choices;
    if (choice?.delta.content) onText(choice.delta.content);
    if (choice?.finish_reason != null) end.reason = choice.finish_reason;
    if (event.llambo !== undefined) end = { ...end, provenance: event.llambo, model: event.model };
    if (event.usage != null) {
      end.promptTokens = event.usage.prompt_tokens;
      end.completionTokens = event.usage.completion_tokens;
    }
  }
  throw new LlamboError('unreachable', 'the connection to the cluster ended in the middle of the answer');
}

async function errorText(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return (JSON.parse(text) as { error: { message: string } }).error.message;
  } catch {
    return `${response.status} ${text.slice(0, 200)}`;
  }
}

/** The data of server-sent events, one by one. */
async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) if (line.startsWith('data: ')) yield line.slice(6);
  }
}
