/** Rare events of a simulation, in the order of their times, and of their making at the same time. */
export class Timers {
  readonly #heap: { readonly at: number; readonly order: number; readonly call: () => void }[] = [];
  #order = 0;

  /** When the first is due; infinity when there is none. */
  get due(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  at(at: number, call: () => void): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push({ at, order: this.#order++, call });
    while (place > 0 && this.#before(place, (place - 1) >> 1)) {
      this.#swap(place, (place - 1) >> 1);
      place = (place - 1) >> 1;
    }
  }

  /** Calls the first one. */
  fire(): void {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined) return;
    const last = heap.pop() as (typeof heap)[number];
    if (heap.length > 0) {
      heap[0] = last;
      for (let place = 0; ; ) {
        let least = place;
        for (const child of [2 * place + 1, 2 * place + 2]) {
          if (child < heap.length && this.#before(child, least)) least = child;
        }
        if (least === place) break;
        this.#swap(place, least);
        place = least;
      }
    }
    first.call();
  }

  #before(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]] as [
      { at: number; order: number },
      { at: number; order: number },
    ];
    return first.at < second.at || (first.at === second.at && first.order < second.order);
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b] as (typeof heap)[number], heap[a] as (typeof heap)[number]];
  }
}
