/** Small numbers that are in use by one at a time: tags and fids. The lowest are used first, so that tables stay short. */
export class Numbers {
  readonly #free: number[] = [];
  #next = 0;

  take(): number {
    return this.#free.pop() ?? this.#next++;
  }

  give(n: number): void {
    this.#free.push(n);
  }
}
