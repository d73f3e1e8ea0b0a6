import { type Call, uninterrupted } from '@llambo/styx';
import type { EnvGroup } from './env-group.ts';
import type { FdGroup } from './fd-group.ts';

/**
 * On whose behalf an operation runs: what a kernel keeps in `up`. A virtual machine passes its process, any other caller
 * `{ signal }` or nothing. Devices that show a caller its own state (`#e`, `#d`, `/dev/user`) read it here.
 */
export interface Caller extends Call {
  /** Who attaches to devices and servers; the name space's user when left out. */
  readonly user?: string;
  readonly pid?: number;
  readonly env?: EnvGroup;
  readonly fds?: FdGroup;
}

/** A caller that is never interrupted and has no state of its own. */
export const nobody: Caller = uninterrupted;
