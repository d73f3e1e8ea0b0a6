/** Which hosts get new workers. */

/** What placement knows of a host. */
export interface Room {
  readonly host: string;
  /** Cores. */
  readonly cpus: number;
  /** Cores that its workers were promised. */
  readonly promised: number;
  /** Whether the model is there, so that nothing has to be fetched first. */
  readonly hasModel: boolean;
}

/**
 * Spreads `count` workers of `cpu` cores each over hosts: always to the one that has promised the least of its cores.
 * Hosts without the model come in only when those with it have promised all that they have.
 *
 * @returns workers for each host that gets any; empty when there is no host
 */
export function place(count: number, cpu: number, rooms: readonly Room[]): Map<string, number> {
  const placed = new Map<string, number>();
  const state = rooms.map((room) => ({ room, promised: room.promised }));
  for (let i = 0; i < count; i++) {
    let best: (typeof state)[number] | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const each of state) {
      const filled = (each.promised + cpu) / Math.max(0.01, each.room.cpus);
      // A host that would have to fetch the model is as good as one that is full.
      const cost = each.room.hasModel ? filled : Math.max(1, filled) + 1e-9;
      if (cost < least) {
        least = cost;
        best = each;
      }
    }
    if (best === undefined) break;
    best.promised += cpu;
    placed.set(best.room.host, (placed.get(best.room.host) ?? 0) + 1);
  }
  return placed;
}
