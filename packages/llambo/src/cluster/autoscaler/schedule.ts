import type { Policy, PolicyOptions, ScheduleEntry, Signals, Wish } from './policy.ts';

/** So many nodes from a time of the day on; the last entry of the day holds until the first one. */
export class SchedulePolicy implements Policy {
  readonly name = 'schedule';
  readonly #entries: readonly (ScheduleEntry & { readonly ms: number })[];

  constructor({ schedule = [] }: PolicyOptions) {
    this.#entries = schedule
      .map((entry) => ({ ...entry, ms: parseTime(entry.at) }))
      .sort((a, b) => a.ms - b.ms);
  }

  decide({ timeOfDayMs, ready, starting }: Signals): Wish {
    const entry = this.#entries.findLast(({ ms }) => ms <= timeOfDayMs) ?? this.#entries.at(-1);
    if (entry === undefined) return { want: ready + starting, why: 'schedule is empty' };
    return { want: entry.nodes, why: `schedule: ${entry.nodes} from ${entry.at}` };
  }
}

function parseTime(text: string): number {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) throw new RangeError(`${JSON.stringify(text)} is not a time of day such as 08:30`);
  return (Number(match[1]) * 60 + Number(match[2])) * 60_000;
}
