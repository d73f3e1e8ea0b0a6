import type { Inference } from '../cluster/inference.ts';
import { requestCancelled } from '../errors.ts';
import type { Departure } from './http.ts';

/** The questions of one HTTP request: they end together, be it by its client, by one of them, or because all is said. */
export class Choices {
  readonly #inferences: Inference[] = [];
  /** Rejects when the client goes before all is said: who waits for an answer waits no longer. */
  readonly gone: Promise<never>;
  #left: () => void = () => {};
  #unwatch: () => void;
  #over = false;

  /** @param departure of the client, which may have gone already */
  constructor(departure: Departure) {
    this.gone = new Promise((_resolve, reject) => {
      this.#left = () => {
        this.cancel();
        reject(requestCancelled());
      };
    });
    this.gone.catch(() => undefined); // nobody may be waiting
    this.#unwatch = departure.watch(() => this.#left());
    if (departure.gone) this.#left();
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
    this.#unwatch();
  }

  /** The client may come back: its going ends nothing. */
  detach(): void {
    this.#unwatch();
  }
}
