import type { EnvGroup, Namespace } from '@llambo/namespace';
import type { Session } from '../session.ts';
import type { Node } from '../syntax/ast.ts';
import { getVariable, setVariable } from './variables.ts';

export interface ShellFunction {
  readonly body: Node;
  /** As it was written, for whatis. */
  readonly text: string;
}

/** Flags of rc(1). */
export interface ShellFlags {
  /** -e: end at the first command that fails. */
  errors: boolean;
  /** -x: show each command before it runs. */
  trace: boolean;
}

/** What a script changes: name space, variables, functions. A subshell has a copy. */
export class Shell {
  readonly session: Session;
  readonly ns: Namespace;
  readonly env: EnvGroup;
  readonly functions: Map<string, ShellFunction>;
  readonly flags: ShellFlags;
  /** Number of the job that this shell is, as $pid shows it. */
  pid: number;
  /** How the last `if` came out; undefined when there was none just before. */
  lastIf: boolean | undefined;
  /** Functions that are being called in one another. */
  calls = 0;
  /** Loops around the command that runs, for break and continue. */
  loops = 0;

  constructor(
    session: Session,
    ns: Namespace,
    env: EnvGroup,
    functions: Map<string, ShellFunction> = new Map(),
    flags: ShellFlags = { errors: false, trace: false },
    pid: number = session.pid,
  ) {
    this.session = session;
    this.ns = ns;
    this.env = env;
    this.functions = functions;
    this.flags = flags;
    this.pid = pid;
  }

  get(name: string): string[] {
    return getVariable(this.env, name);
  }

  set(name: string, list: readonly string[]): void {
    setVariable(this.env, name, list);
  }

  /** Empty after success, else what went wrong. */
  get status(): string {
    return this.get('status').join(' ');
  }

  set status(status: string) {
    this.set('status', [status]);
  }

  /** Success: no status, or that of a pipeline without any. */
  get ok(): boolean {
    return /^\|*$/.test(this.status);
  }

  fork(pid: number = this.pid): Shell {
    const copy = new Shell(
      this.session,
      this.ns.fork(),
      this.env.fork(),
      new Map(this.functions),
      { ...this.flags },
      pid,
    );
    copy.calls = this.calls;
    copy.set('pid', [String(pid)]);
    return copy;
  }

  /** Gives up what `fork` made. */
  close(): void {
    this.ns.close();
  }
}
