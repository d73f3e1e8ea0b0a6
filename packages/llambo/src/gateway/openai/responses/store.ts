import type { ChatMessage } from '@llambo/llama';

export interface StoredResponse {
  readonly response: Record<string, unknown>;
  /** The whole conversation, this answer included. */
  readonly messages: readonly ChatMessage[];
}

const MOST_RESPONSES = 1000;
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** Answers that later requests may follow: in memory, the oldest go first. */
export class ResponseStore {
  readonly #responses = new Map<string, StoredResponse & { readonly size: number }>();
  #characters = 0;

  /** @param owner whose key it came with: nobody else finds it */
  add(owner: string, id: string, stored: StoredResponse): void {
    const size = stored.messages.reduce((sum, { content }) => sum + content.length, 1000);
    this.#responses.set(`${owner} ${id}`, { ...stored, size });
    this.#characters += size;
    for (const key of this.#responses.keys()) {
      if (this.#responses.size <= MOST_RESPONSES && this.#characters <= MOST_CHARACTERS) break;
      this.#delete(key);
    }
  }

  find(owner: string, id: string): StoredResponse | undefined {
    return this.#responses.get(`${owner} ${id}`);
  }

  /** Whether there was one. */
  delete(owner: string, id: string): boolean {
    return this.#delete(`${owner} ${id}`);
  }

  #delete(key: string): boolean {
    const stored = this.#responses.get(key);
    if (stored === undefined) return false;
    this.#responses.delete(key);
    this.#characters -= stored.size;
    return true;
  }
}
