import type { Awaitable, Call } from '../file.ts';
import { type Commands, ctl } from './ctl.ts';
import { CloneNode, DirNode, type Meta, type Opener, SessionNode, type TreeNode } from './node.ts';

/** One numbered directory that opening `clone` makes. */
export interface Session {
  /** Commands of its ctl file. */
  readonly ctl: Commands;
  /** What reading its ctl file gives; the session's number when left out. */
  readonly read?: string;
  /** Its other files. */
  readonly files: Readonly<Record<string, TreeNode>>;
  /** No file of it is open any more: it is gone from the directory. */
  close?(): void;
}

export interface CloneDirOptions extends Meta {
  /** Permissions of the files `clone` and `N/ctl`; 0666 when left out. */
  readonly clonePerm?: number;
  /** Other files beside `clone` and the numbered directories. */
  readonly files?: Readonly<Record<string, TreeNode>>;
  /** Who may see a session; everybody when left out. Others get "file does not exist". */
  readonly visible?: (id: number, opener: Opener) => boolean;
}

/**
 * A directory with a `clone` file, as the network devices have it: opening `clone` makes a directory `N`, and the open
 * fid is its `N/ctl` from then on. The directory lives until the last open file in it is clunked.
 */
export function cloneDir(
  make: (id: number, opener: Opener, call: Call) => Awaitable<Session>,
  options: CloneDirOptions = {},
): DirNode {
  const sessions = new Map<string, SessionNode>();
  const files = new Map(Object.entries(options.files ?? {}));
  const perm = options.clonePerm ?? 0o666;
  const visible = (name: string, opener: Opener): boolean =>
    options.visible?.(Number(name), opener) !== false;
  let last = 0;

  const enter = (id: number, opener: Opener, session: Session) => {
    const name = String(id);
    const owner = { uid: opener.uname, gid: opener.uname };
    const control = ctl(session.ctl, { ...owner, perm, read: () => session.read ?? name });
    const entries = new Map<string, TreeNode>([['ctl', control], ...Object.entries(session.files)]);
    const node = new SessionNode(
      { lookup: (entry) => entries.get(entry), list: () => entries },
      { ...owner, perm: 0o555 },
      () => {
        sessions.delete(name);
        session.close?.();
      },
    );
    sessions.set(name, node);
    return { names: [name, node, 'ctl', control] as const };
  };

  const clone = new CloneNode(
    (opener, call) => {
      const id = last++;
      const made = make(id, opener, call);
      return made instanceof Promise
        ? made.then((session) => enter(id, opener, session))
        : enter(id, opener, made);
    },
    { perm },
  );

  return new DirNode(
    {
      lookup(name, opener) {
        if (name === 'clone') return clone;
        return files.get(name) ?? (visible(name, opener) ? sessions.get(name) : undefined);
      },
      *list(opener) {
        yield ['clone', clone] as const;
        yield* files;
        for (const entry of sessions) if (visible(entry[0], opener)) yield entry;
      },
    },
    options,
  );
}
