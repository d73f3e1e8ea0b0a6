import { Kind, Ok, type Type, takesSpace } from './type.ts';

/** Kinds through whose values others are reached. */
const leadsOn: readonly boolean[] = Array.from({ length: 32 }, (_, kind) =>
  [Kind.Array, Kind.Ref, Kind.List, Kind.Adt, Kind.AdtPick, Kind.Module, Kind.Tuple, Kind.Exception].some(
    (k) => k === kind,
  ),
);

/**
 * Which types are recursive, by strongly connected components (Tarjan). Most types are not, and reach none that is: the
 * search for cycles through fields, which looks at every path, need not begin there.
 */
export class Recursion {
  /** The recursive types that were met, by kind. */
  readonly recursive: Type[][] = Array.from({ length: 32 }, () => []);
  readonly #order: Map<Type, number> = new Map();
  readonly #open: Type[] = [];

  /** Whether a recursive type can be reached from `t`, itself included. */
  reaches(t: Type): boolean {
    if (!(t.ok & Ok.Traced)) this.#visit(t);
    return (t.ok & Ok.ReachesRecursive) !== 0;
  }

  /** Visits what is not traced yet. The earliest open type that `t` leads back to, by its number. */
  #visit(t: Type): number {
    if (t.ok & Ok.Traced || !leadsOn[t.kind]) return Number.POSITIVE_INFINITY;
    const seen = this.#order.get(t);
    if (seen !== undefined) return seen;
    const number = this.#order.size;
    this.#order.set(t, number);
    this.#open.push(t);
    let low = number;
    let reaches = false;
    let itself = false;
    const follow = (to: Type): void => {
      low = Math.min(low, this.#visit(to));
      if (to.ok & Ok.ReachesRecursive) reaches = true;
      if (to === t) itself = true;
    };
    const { kind } = t;
    if (kind === Kind.Array || kind === Kind.Ref || kind === Kind.List) {
      if (t.tof !== null) follow(t.tof);
    } else {
      for (const d of t.ids) if (takesSpace[d.store] === 1) follow(d.ty);
      for (const d of t.tags) follow(d.ty);
    }
    if (reaches) t.ok |= Ok.ReachesRecursive;
    if (low < number) return low;
    this.#close(t, itself);
    return Number.POSITIVE_INFINITY;
  }

  /** All that was opened since `first` is one component: they reach one another. */
  #close(first: Type, itself: boolean): void {
    const open = this.#open;
    const alone = open[open.length - 1] === first && !itself;
    let reaches = !alone;
    for (let i = open.length - 1; !reaches; i--) {
      reaches = (open[i]!.ok & Ok.ReachesRecursive) !== 0;
      if (open[i] === first) break;
    }
    for (;;) {
      const t = open.pop()!;
      t.ok |= Ok.Traced;
      if (reaches) t.ok |= Ok.ReachesRecursive;
      if (!alone) this.recursive[t.kind]!.push(t);
      if (t === first) return;
    }
  }
}
