import type { Inference } from '../../cluster/inference.ts';
import { requestCancelled } from '../../errors.ts';

/** The questions of one HTTP request: they end together, be it by its client, by one of them, or because all is said. */
export class Choices {
  readonly #signal: AbortSignal;
  readonly #inferences: Inference[] = [];
  /** Rejects when the client goes before all is said: who waits for an answer waits no longer. */
  readonly gone: Promise<never>;
  #abort: () => void = () => {};
  #over = false;

  /** @param signal aborted when the client is gone, perhaps already */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.gone = new Promise((_resolve, reject) => {
      this.#abort = () => {
        this.cancel();
        reject(requestCancelled());
      };
    });
    this.gone.catch(() => undefined); // nobody may be waiting
    if (signal.aborted) this.#abort();
    else signal.addEventListener('abort', this.#abort, { once: true });
  }

  /** True once nothing more is to be asked. */
  get over(): boolean {
    return this.#over;
  }

  /** Takes a question in; one that comes too late is cancelled at once. */
  add(inference: Inference): void {
    if (this.#over) inference.cancel();
    else this.#inferences.push(inference);
  }

  /** Gives up every question that has not ended. */
  cancel(): void {
    this.end();
    for (const inference of this.#inferences.splice(0)) inference.cancel();
  }

  /** All is said: the client's going means nothing any more. */
  end(): void {
    this.#over = true;
    this.#signal.removeEventListener('abort', this.#abort);
  }
}
