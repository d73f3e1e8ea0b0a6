import { PrefixIndex, type PrefixMatch } from './prefix.ts';

/** One sequence of the llama_context: a KV buffer, and what it holds. */
export interface Slot {
  readonly id: number;
  /** Tokens whose keys and values are in the buffer, or are going to be when the request in it has been read. */
  tokens: number[];
  /** How many of `tokens` are in the buffer. */
  computed: number;
  tenant: string;
  busy: boolean;
  /** Serial number of the last use: the lowest is evicted first. */
  used: number;
  /** False when what it holds may not be shared. */
  shared: boolean;
}

/** What a prompt finds in the pool. */
export type Placement =
  /** No sequence is free. */
  | { readonly kind: 'none' }
  /** Another request is reading the same prefix at this moment: worth waiting for. */
  | { readonly kind: 'wait' }
  /** Use `slot`; `reuse` tokens of the prompt are in `source` (perhaps the same slot). */
  | { readonly kind: 'slot'; readonly slot: Slot; readonly source: Slot; readonly reuse: number };

/** Copying a sequence moves its whole buffer: below this many tokens, reading them again is cheaper. */
const LEAST_COPY = 16;

/** The sequences of one context, which requests share: assigned by longest cached prefix, evicted least recently used. */
export class SlotPool {
  readonly slots: readonly Slot[];
  readonly #index = new PrefixIndex();
  readonly #sharing: boolean;
  #clock = 0;

  /** @param sharing false for models whose state cannot be cut at a position (recurrent ones) */
  constructor(count: number, sharing: boolean) {
    this.slots = Array.from({ length: count }, (_, id) => emptySlot(id));
    this.#sharing = sharing;
  }

  get free(): number {
    return this.slots.reduce((free, slot) => free + (slot.busy ? 0 : 1), 0);
  }

  /** Where `tokens` would best go. Changes nothing. */
  place(tenant: string, tokens: readonly number[], cuts: readonly number[], cached: boolean): Placement {
    const victim = this.#leastUsed();
    if (victim === undefined) return { kind: 'none' };
    const nothing: Placement = { kind: 'slot', slot: victim, source: victim, reuse: 0 };
    if (!cached || !this.#sharing) return nothing;
    const match = this.#index.match(tenant, tokens);
    const planned = this.#reusable(match, tokens, cuts, Number.POSITIVE_INFINITY);
    if (planned === undefined) return nothing;
    const ready = this.#reusable(match, tokens, cuts, 0);
    if (planned.reuse - (ready?.reuse ?? 0) >= LEAST_COPY) return { kind: 'wait' };
    if (ready === undefined) return nothing;
    const { source, reuse } = ready;
    const loses = source.tokens.length - reuse;
    if (!source.busy && (loses <= CHEAP_LOSS || source === victim))
      return { kind: 'slot', slot: source, source, reuse };
    if (reuse < LEAST_COPY) return nothing;
    return { kind: 'slot', slot: victim, source, reuse };
  }

  /** Gives a slot to a request for `tokens`, of which the first `reuse` are in it. */
  take(slot: Slot, tenant: string, tokens: readonly number[], reuse: number, shared: boolean): void {
    slot.busy = true;
    slot.tenant = tenant;
    slot.tokens = tokens.slice();
    slot.computed = reuse;
    slot.shared = shared;
    slot.used = ++this.#clock;
    if (shared && this.#sharing) this.#index.set(slot.id, tenant, slot.tokens);
    else this.#index.delete(slot.id);
  }

  touch(slot: Slot): void {
    slot.used = ++this.#clock;
  }

  /** The request is over; what it left behind can be found by others, or is forgotten. */
  release(slot: Slot): void {
    slot.busy = false;
    slot.used = ++this.#clock;
    slot.tokens.length = slot.computed;
    if (slot.shared && this.#sharing) this.#index.set(slot.id, slot.tenant, slot.tokens);
    else this.forget(slot);
  }

  /** What the slot held is gone. */
  forget(slot: Slot): void {
    this.#index.delete(slot.id);
    slot.tokens = [];
    slot.computed = 0;
  }

  /**
   * The holder with most usable tokens. A prefix may end at a cut of the prompt, or where a finished sequence ends; at
   * least one token must be left to read, since its logits are wanted.
   *
   * @param pending counts tokens that are not read yet, when infinite
   */
  #reusable(match: PrefixMatch, tokens: readonly number[], cuts: readonly number[], pending: number) {
    const most = Math.min(match.length, tokens.length - 1);
    let best: { source: Slot; reuse: number } | undefined;
    for (const id of match.holders) {
      const source = this.slots[id] as Slot;
      const usable = Math.min(most, pending > 0 ? source.tokens.length : source.computed);
      const whole = !source.busy && source.computed === usable ? usable : 0;
      const reuse = Math.max(whole, lastCut(cuts, usable));
      if (
        reuse > 0 &&
        (best === undefined ||
          reuse > best.reuse ||
          (reuse === best.reuse && best.source.busy && !source.busy))
      )
        best = { source, reuse };
    }
    return best;
  }

  #leastUsed(): Slot | undefined {
    let least: Slot | undefined;
    for (const slot of this.slots)
      if (!slot.busy && (least === undefined || slot.used < least.used)) least = slot;
    return least;
  }
}

/** Cached tokens that may be overwritten in place rather than copied away from. */
const CHEAP_LOSS = 48;

function emptySlot(id: number): Slot {
  return { id, tokens: [], computed: 0, tenant: '', busy: false, used: 0, shared: false };
}

function lastCut(cuts: readonly number[], most: number): number {
  for (let i = cuts.length - 1; i >= 0; i--) if ((cuts[i] as number) <= most) return cuts[i] as number;
  return 0;
}
