import { StyxError } from '@llambo/styx';
import { Enoenv } from './errors.ts';

const nothing = new Uint8Array(0);

export interface EnvLimits {
  /** Bytes of all names and values together. */
  readonly bytes?: number;
  readonly variables?: number;
}

interface Variable {
  readonly path: bigint;
  readonly version: number;
  readonly value: Uint8Array;
}

let paths = 1n;

/**
 * The environment variables that a group of processes share, env(3). A fork is a copy; values are never changed in place,
 * so copies share them.
 */
export class EnvGroup {
  readonly #variables: Map<string, Variable>;
  readonly #limits: Required<EnvLimits>;
  #bytes = 0;

  constructor(values: Readonly<Record<string, string>> = {}, limits: EnvLimits = {}) {
    this.#limits = { bytes: limits.bytes ?? 1 << 20, variables: limits.variables ?? 1024 };
    this.#variables = new Map();
    for (const [name, value] of Object.entries(values)) this.set(name, value);
  }

  /** A copy that changes on its own from now on (FORKENV); for an empty one (NEWENV) make a new EnvGroup. */
  fork(): EnvGroup {
    const copy = new EnvGroup({}, this.#limits);
    for (const [name, variable] of this.#variables) copy.#variables.set(name, variable);
    copy.#bytes = this.#bytes;
    return copy;
  }

  names(): string[] {
    return [...this.#variables.keys()];
  }

  /** The value as text; undefined when the variable is not set. */
  get(name: string): string | undefined {
    const variable = this.#variables.get(name);
    return variable && new TextDecoder().decode(variable.value);
  }

  /** The value, its identity and its version, as the device shows them. */
  lookup(name: string): Variable | undefined {
    return this.#variables.get(name);
  }

  /** Sets the variable. Throws when that would pass a limit of the group. */
  set(name: string, value: string | Uint8Array): void {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    const old = this.#variables.get(name);
    const total = this.#bytes + bytes.length + (old === undefined ? name.length : -old.value.length);
    const count = this.#variables.size + (old === undefined ? 1 : 0);
    if (total > this.#limits.bytes || count > this.#limits.variables) throw new StyxError(Enoenv);
    const version = old === undefined ? 0 : (old.version + 1) >>> 0;
    this.#variables.set(name, {
      path: old?.path ?? paths++,
      version,
      value: bytes.length > 0 ? bytes : nothing,
    });
    this.#bytes = total;
  }

  /** Unsets the variable; false when it was not set. */
  delete(name: string): boolean {
    const old = this.#variables.get(name);
    if (old === undefined) return false;
    this.#bytes -= name.length + old.value.length;
    return this.#variables.delete(name);
  }
}
