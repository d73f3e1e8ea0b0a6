/**
 * Hard limits of processor time: a token bucket for each account. It fills with so many milliseconds of processor time a
 * millisecond as its limit has cores; each step of the engine takes out what it cost. Who owes something is in no step.
 */

/** A limit that a caller has. */
export interface CpuLimit {
  /** Whose time it is: callers may share an account. */
  readonly account: string;
  /** Cores that it may use on average; above 0. */
  readonly cores: number;
}

interface Account {
  cores: number;
  /** Milliseconds of processor time that may be used now; below 0 they are owed. */
  balance: number;
  /** When `balance` was right. */
  at: number;
}

/** What an idle account saves up at most: milliseconds of its share. */
const KEPT_MS = 100;
/** Accounts that are remembered; those that owe nothing are forgotten first. */
const REMEMBERED = 4096;

export class CpuLimits {
  readonly #accounts = new Map<string, Account>();

  /** Milliseconds until the account owes nothing any more; 0 when it may go on at `now`. */
  wait(limit: CpuLimit, now: number): number {
    const { balance, cores } = this.#account(limit, now);
    return balance >= 0 ? 0 : -balance / cores;
  }

  /** The account has used `milliseconds` of processor time. */
  charge(limit: CpuLimit, milliseconds: number, now: number): void {
    this.#account(limit, now).balance -= milliseconds;
  }

  #account({ account: name, cores }: CpuLimit, now: number): Account {
    let account = this.#accounts.get(name);
    if (account === undefined) {
      if (this.#accounts.size >= REMEMBERED) this.#forget(now);
      account = { cores, balance: 0, at: now };
      this.#accounts.set(name, account);
      return account;
    }
    const earned = account.balance + (now - account.at) * account.cores;
    account.balance = Math.min(earned, KEPT_MS * account.cores);
    account.at = now;
    account.cores = cores; // the newest word counts
    return account;
  }

  #forget(now: number): void {
    for (const [name, { balance, at, cores }] of this.#accounts) {
      if (balance + (now - at) * cores >= 0) this.#accounts.delete(name);
    }
  }
}
