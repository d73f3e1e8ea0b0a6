/** Why a request went where it went. */
export interface Decision {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The request's id. */
  readonly request: string;
  readonly model: string;
  readonly strategy: string;
  /** Undefined: no node could take it. */
  readonly node: string | undefined;
  /** Requests in flight there before this one. */
  readonly load: number;
  /** 1 for the first node that was tried. */
  readonly attempt: number;
  /** Nodes that the strategy knew. */
  readonly nodes: number;
}

/** The last decisions, in a ring that never grows. */
export class DecisionTrace {
  readonly #ring: (Decision | undefined)[];
  #count = 0;

  /** @param size decisions that are kept */
  constructor(size = 256) {
    this.#ring = new Array<Decision | undefined>(size).fill(undefined);
  }

  add(decision: Decision): void {
    this.#ring[this.#count++ % this.#ring.length] = decision;
  }

  /** The newest, oldest first. */
  recent(count: number = this.#ring.length): readonly Decision[] {
    const length = Math.min(count, this.#count, this.#ring.length);
    return Array.from(
      { length },
      (_, i) => this.#ring[(this.#count - length + i) % this.#ring.length] as Decision,
    );
  }
}

/** `2026-11-24T12:34:56.789Z request=req-1 node=tiny-0042 load=0 strategy=p2c attempt=1 nodes=1000 model=m` */
export function formatDecision(decision: Decision): string {
  const { at, request, node, load, strategy, attempt, nodes, model } = decision;
  const time = new Date(at).toISOString();
  return `${time} request=${request} node=${node ?? '-'} load=${load} strategy=${strategy} attempt=${attempt} nodes=${nodes} model=${model}`;
}
