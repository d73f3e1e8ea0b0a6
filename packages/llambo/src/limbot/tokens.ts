import type { ChatTurn, ClusterClient } from '../cli/client/client.ts';
import type { Count, TokenCounter } from './context.ts';

/** Tokens that a template puts around each message at most, and around them all: a system prompt of its own, say. */
const AROUND_ONE = 16;
const AROUND_ALL = 96;

/**
 * Counts by the cluster's tokenizer, and only when it matters: no token is less than a byte, so a short conversation fits
 * whatever the tokenizer makes of it.
 */
export class ClusterCounter implements TokenCounter {
  readonly #cluster: ClusterClient;
  readonly #model: string | undefined;
  /** Tokens for which no counting is needed. */
  readonly #enough: number;
  readonly #counts = new Map<string, number>();
  /** Whole prompts: the same one is asked about twice, before it is said and when it is sent. */
  readonly #prompts = new Map<string, number>();
  #templates = true;

  constructor(cluster: ClusterClient, model: string | undefined, enough: number) {
    this.#cluster = cluster;
    this.#model = model;
    this.#enough = enough;
  }

  async prompt(messages: readonly ChatTurn[]): Promise<Count> {
    const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
    const most = bytes + AROUND_ONE * messages.length + AROUND_ALL;
    if (most <= this.#enough) return { tokens: most, exact: false };
    if (this.#templates) {
      const key = JSON.stringify(messages);
      const known = this.#prompts.get(key);
      if (known !== undefined) return { tokens: known, exact: true };
      const tokens = await this.#cluster.countPrompt(this.#model, messages);
      if (tokens !== undefined) {
        if (this.#prompts.size >= 16) this.#prompts.clear();
        this.#prompts.set(key, tokens);
        return { tokens, exact: true };
      }
      this.#templates = false;
    }
    let tokens = AROUND_ALL;
    for (const { content } of messages) tokens += AROUND_ONE + (await this.#count(content));
    return { tokens, exact: false };
  }

  async #count(text: string): Promise<number> {
    const known = this.#counts.get(text);
    if (known !== undefined) return known;
    const tokens = text === '' ? 0 : await this.#cluster.countTokens(this.#model, text);
    this.#counts.set(text, tokens);
    return tokens;
  }
}
