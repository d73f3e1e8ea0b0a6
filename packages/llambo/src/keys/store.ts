import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { KeyLimits } from '../cluster/admission/index.ts';
import { homeFolder } from '../home.ts';
import { badKeyName, badLimit, keyNameTaken, keysBusy, noScope, unknownKey, unknownScope } from './errors.ts';
import {
  formatKey,
  hashOf,
  idOf,
  type KeyRecord,
  matches,
  NAME,
  newSecret,
  parseKey,
  SCOPES,
  type Scope,
} from './key.ts';

/** Milliseconds after which a change of the file by another process is seen at the latest. */
const FRESH_MS = 1000;
/** Milliseconds after which a lock counts as left behind by a process that died. */
const STALE_MS = 10_000;

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly limits?: KeyLimits;
}

/**
 * The API keys of a cluster: a text file with a line for each, readable by its owner only, replaced as a whole. The
 * cluster and llamboctl read and write it without knowing of each other.
 */
export class KeyStore {
  readonly file: string;
  #keys = new Map<string, KeyRecord>();
  #stamp = '';
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param file default: `keys` in the state folder of Llambo's home */
  constructor(file: string = join(homeFolder('state'), 'keys')) {
    this.file = file;
  }

  /** @throws LlamboError `config` when the file is damaged */
  list(): readonly KeyRecord[] {
    this.#refresh(true);
    return [...this.#keys.values()];
  }

  /** Whether there is any key: without one, whoever reaches the cluster may use it. */
  get empty(): boolean {
    this.#refresh(false);
    return this.#keys.size === 0;
  }

  /** The key whose secret this is; undefined: none, or revoked. */
  find(secret: string): KeyRecord | undefined {
    this.#refresh(false);
    const record = this.#keys.get(idOf(secret) ?? '');
    return record !== undefined && matches(record, secret) ? record : undefined;
  }

  /** Makes a key. Its secret is in no file: who loses it makes another. @throws LlamboError */
  create({ name, scopes, limits = {} }: NewKey): { readonly secret: string; readonly record: KeyRecord } {
    if (!NAME.test(name)) throw badKeyName(name);
    for (const scope of scopes) if (!SCOPES.includes(scope as Scope)) throw unknownScope(scope, SCOPES);
    if (scopes.length === 0) throw noScope(SCOPES);
    for (const [member, value] of Object.entries(limits)) {
      if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) throw badLimit(member);
    }
    const secret = newSecret();
    const record: KeyRecord = {
      id: idOf(secret) as string,
      name,
      scopes: SCOPES.filter((scope) => scopes.includes(scope)),
      limits,
      createdAt: Date.now(),
      hash: hashOf(secret),
    };
    this.#change((keys) => {
      if ([...keys.values()].some((key) => key.name === name)) throw keyNameTaken(name);
      keys.set(record.id, record);
    });
    return { secret, record };
  }

  /** @param name id or name. @throws LlamboError `bad-request` when there is no such key */
  revoke(name: string): KeyRecord {
    let revoked: KeyRecord | undefined;
    this.#change((keys) => {
      revoked = [...keys.values()].find((key) => key.id === name || key.name === name);
      if (revoked === undefined) throw unknownKey(name);
      keys.delete(revoked.id);
    });
    return revoked as unknown as KeyRecord;
  }

  #change(change: (keys: Map<string, KeyRecord>) => void): void {
    const lock = `${this.file}.lock`;
    this.#lock(lock);
    try {
      this.#refresh(true);
      const keys = new Map(this.#keys);
      change(keys);
      this.#write(keys);
      this.#refresh(true);
    } finally {
      rmSync(lock, { force: true });
    }
  }

  #lock(lock: string): void {
    for (let attempt = 0; ; attempt++) {
      try {
        return closeSync(openSync(lock, 'wx', 0o600));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 0) {
          throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? keysBusy(this.file) : error;
        }
        const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
        if (Date.now() - made > STALE_MS) rmSync(lock, { force: true });
        else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      }
    }
  }

  #write(keys: ReadonlyMap<string, KeyRecord>): void {
    const text = [...keys.values()].map((key) => `${formatKey(key)}\n`).join('');
    const temporary = `${this.file}.${process.pid}`;
    const fd = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, this.file);
  }

  #refresh(now: boolean): void {
    const at = performance.now();
    if (!now && at - this.#lookedAt < FRESH_MS) return;
    this.#lookedAt = at;
    const stat = statSync(this.file, { throwIfNoEntry: false, bigint: true });
    const stamp = stat === undefined ? 'none' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
    if (stamp === this.#stamp) return;
    const text = stat === undefined ? '' : readFileSync(this.file, 'utf8');
    const keys = new Map<string, KeyRecord>();
    text.split('\n').forEach((line, i) => {
      if (line.trim() === '' || line.startsWith('#')) return;
      const key = parseKey(line, i + 1);
      keys.set(key.id, key);
    });
    this.#keys = keys;
    this.#stamp = stamp;
  }
}
