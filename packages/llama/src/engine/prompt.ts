import { Template } from '@huggingface/jinja';
import { badRequest } from '../errors.ts';
import type { Vocabulary } from '../native/vocabulary.ts';
import type { ChatMessage } from './engine.ts';

/** Most tokens of one prompt that one step reads: a long prompt shares the machine in pieces of this size. */
export const CHUNK = 64;

/** A prompt as the scheduler takes it. */
export interface Prompt {
  readonly tokens: readonly number[];
  /**
   * Positions, rising, at which reading may pause and a cached prefix may end. They depend on the prompt alone, so that
   * reading it afresh and reading it behind a cached prefix run the very same batches: the answers are equal bit for bit.
   */
  readonly cuts: readonly number[];
  /** End of the first message (the system prompt, usually), in tokens; what a shifted context keeps. */
  readonly keep: number;
}

/** Cuts at the ends of `segments` (lengths in tokens) and after every CHUNK tokens inside one. */
export function cutsOf(segments: readonly number[]): number[] {
  const cuts: number[] = [];
  let start = 0;
  for (const length of segments) {
    for (let at = CHUNK; at < length; at += CHUNK) cuts.push(start + at);
    start += length;
    if (length > 0) cuts.push(start);
  }
  return cuts;
}

/** Renders chats by the model's own template, and turns prompts into tokens. */
export class PromptBuilder {
  readonly #vocabulary: Vocabulary;
  readonly #template: Template | undefined;
  readonly #bosText: string;
  readonly #eosText: string;

  /** @throws LlamaError `bad-request` when the model's template does not parse */
  constructor(vocabulary: Vocabulary, template: string | null, bosText: string, eosText: string) {
    this.#vocabulary = vocabulary;
    this.#bosText = bosText;
    this.#eosText = eosText;
    if (template !== null) this.#template = new Template(template);
  }

  get chat(): boolean {
    return this.#template !== undefined;
  }

  text(text: string): Prompt {
    return this.tokens([...this.#vocabulary.tokenize(text, { special: true })]);
  }

  tokens(tokens: readonly number[]): Prompt {
    if (tokens.length === 0) throw badRequest('prompt is empty');
    for (const token of tokens) {
      if (!Number.isInteger(token) || token < 0 || token >= this.#vocabulary.size) {
        throw badRequest(`prompt token ${token} is not in the vocabulary of ${this.#vocabulary.size}`);
      }
    }
    return { tokens, cuts: cutsOf([tokens.length]), keep: 0 };
  }

  /** The chat's text with the opening of the assistant's answer, as the template writes it. */
  render(messages: readonly ChatMessage[], tools?: readonly unknown[], open = true): string {
    if (this.#template === undefined)
      throw badRequest('model has no chat template; send a prompt, not messages');
    if (messages.length === 0) throw badRequest('messages is empty');
    try {
      return this.#template.render({
        messages,
        tools: tools === undefined || tools.length === 0 ? undefined : tools,
        add_generation_prompt: open,
        bos_token: this.#bosText,
        eos_token: this.#eosText,
      } as Record<string, unknown>);
    } catch (error) {
      throw badRequest(
        `chat template refused the messages: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /**
   * A chat, cut after its leading system messages and before its last message: what chats with one system prompt, and
   * the turns of one conversation, have in common.
   */
  messages(messages: readonly ChatMessage[], tools?: readonly unknown[]): Prompt {
    const whole = this.render(messages, tools);
    const systems = messages.findIndex((message) => message.role !== 'system');
    const ends = new Set([systems, messages.length - 1].filter((end) => end > 0));
    const segments: Int32Array[] = [];
    let done = 0;
    let keep = 0;
    for (const end of ends) {
      const start = this.#renderedStart(messages.slice(0, end), tools, whole);
      if (start <= done) continue;
      segments.push(this.#segment(whole.slice(done, start)));
      done = start;
      if (keep === 0) keep = segments[0]?.length ?? 0;
    }
    segments.push(this.#segment(whole.slice(done)));
    const tokens: number[] = [];
    // Templates write the begin-of-sequence token out where the model wants one.
    const { bos } = this.#vocabulary;
    if (bos !== undefined && segments[0]?.[0] !== bos) tokens.push(bos);
    for (const segment of segments) for (const token of segment) tokens.push(token);
    const lengths = segments.map((segment) => segment.length);
    lengths[0] = (lengths[0] ?? 0) + (tokens.length - lengths.reduce((sum, length) => sum + length, 0));
    return { tokens, cuts: cutsOf(lengths), keep };
  }

  #segment(text: string): Int32Array {
    return this.#vocabulary.tokenize(text);
  }

  /** Where the rendering of the first messages ends in the whole; 0 when the template does not write them as a prefix. */
  #renderedStart(
    messages: readonly ChatMessage[],
    tools: readonly unknown[] | undefined,
    whole: string,
  ): number {
    try {
      const text = this.render(messages, tools, false);
      return whole.startsWith(text) ? text.length : 0;
    } catch {
      return 0; // templates may demand a user message
    }
  }
}
