import { readFileSync } from 'node:fs';

/** Names of users and groups by their numbers, read from /etc once; a number without a name is its own. */
export class HostNames {
  readonly #users: Map<number, string> = table('/etc/passwd');
  readonly #groups: Map<number, string> = table('/etc/group');
  /** The user that this process acts as; -1 where there is no such thing. */
  readonly self: number = process.geteuid?.() ?? -1;
  readonly #mine: Set<string>;

  constructor() {
    const mine = process.getgroups?.() ?? [];
    this.#mine = new Set([...mine, process.getegid?.() ?? -1].map((gid) => this.group(gid)));
  }

  user(uid: number): string {
    return this.#users.get(uid) ?? String(uid);
  }

  group(gid: number): string {
    return this.#groups.get(gid) ?? String(gid);
  }

  /** Number of the group; undefined when there is none of that name. */
  groupId(name: string): number | undefined {
    for (const [gid, group] of this.#groups) if (group === name) return gid;
    return /^[0-9]{1,9}$/.test(name) ? Number(name) : undefined;
  }

  /** Whether this process is in the group. */
  inGroup(name: string): boolean {
    return this.#mine.has(name);
  }
}

function table(file: string): Map<number, string> {
  const names = new Map<number, string>();
  try {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [name, , id] = line.split(':');
      if (name && id && !names.has(Number(id))) names.set(Number(id), name);
    }
  } catch {
    // a system without such files: numbers only
  }
  return names;
}
