/** A streamed chat completion, as any OpenAI client would ask for it. */
import { post } from './http.ts';
import { serverEvents } from './sse.ts';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface Ask {
  readonly model: string | undefined;
  readonly messages: readonly Message[];
  readonly temperature: number;
  readonly maxTokens: number;
}

/** Which node answered, how, and how fast. */
export interface Told {
  node?: string;
  strategy?: string;
  attempts?: number;
  reason?: string;
  tokens?: number;
  /** Milliseconds from the question to the first word, and to the end. */
  firstMs?: number;
  totalMs?: number;
}

interface Event {
  readonly error?: { readonly message?: string };
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly completion_tokens?: number } | null;
  readonly llambo?: {
    readonly node?: string;
    readonly strategy?: string;
    readonly attempts?: number;
    readonly attempt?: number;
  };
}

/**
 * @param text called with each piece of the answer
 * @throws ApiError, or an Error with the words of an error event
 */
export async function ask(
  { model, messages, temperature, maxTokens }: Ask,
  text: (piece: string, told: Told) => void,
  signal: AbortSignal,
): Promise<Told> {
  const started = performance.now();
  const body = {
    ...(model === undefined || model === '' ? {} : { model }),
    messages,
    temperature,
    max_tokens: maxTokens,
    stream: true,
    stream_options: { include_usage: true },
  };
  const response = await post('/v1/chat/completions', body, signal);
  const told: Told = {
    node: response.headers.get('x-llambo-node') ?? undefined,
    strategy: response.headers.get('x-llambo-strategy') ?? undefined,
  };
  for await (const { data } of serverEvents(response)) {
    if (data === '[DONE]') break;
    const event = JSON.parse(data) as Event;
    if (event.error !== undefined) throw new Error(event.error.message ?? 'the answer was cut off');
    const [choice] = event.choices ?? [];
    const piece = choice?.delta?.content ?? '';
    if (piece !== '') {
      told.firstMs ??= performance.now() - started;
      text(piece, told);
    }
    if (choice?.finish_reason) told.reason = choice.finish_reason;
    if (event.usage?.completion_tokens !== undefined) told.tokens = event.usage.completion_tokens;
    // An answer that moved on when its node died ends at another one than it began at.
    if (event.llambo?.node !== undefined) told.node = event.llambo.node;
    told.attempts = event.llambo?.attempts ?? event.llambo?.attempt ?? told.attempts;
  }
  told.totalMs = performance.now() - started;
  return told;
}
