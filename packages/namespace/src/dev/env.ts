import { type Call, Eexists, Enotfound, Etoobig, type FileServer, OTRUNC, StyxError } from '@llambo/styx';
import { DirNode, FileNode, type Handle, slice } from '@llambo/styx/fs';
import type { Caller } from '../caller.ts';
import type { EnvGroup } from '../env-group.ts';
import { Elongname } from '../errors.ts';
import { serveDevice } from './device.ts';

/** Bytes of one value at most. */
const MAXENV = 32 * 1024;
/** Bytes of a name at most, env(3). */
const MAXNAME = 127;
const nothing = new Uint8Array(0);

/**
 * `#e`: the variables of the caller's own environment group, whoever's name space the device was bound in; those of
 * `fallback` for callers that have none.
 */
export function envDevice(fallback: EnvGroup): FileServer {
  const groupOf = (call: Call | undefined): EnvGroup => (call as Caller | undefined)?.env ?? fallback;
  const node = (name: string, path: bigint): FileNode => new EnvFile(name, path, groupOf);
  const root = new DirNode(
    {
      lookup(name, _opener, call) {
        const variable = groupOf(call).lookup(name);
        return variable && node(name, variable.path);
      },
      *list(_opener, call) {
        const group = groupOf(call);
        for (const name of group.names())
          yield [name, node(name, group.lookup(name)?.path as bigint)] as const;
      },
      create(name, _perm, _opener, call) {
        if (new TextEncoder().encode(name).length > MAXNAME) throw new StyxError(Elongname);
        const group = groupOf(call);
        if (group.lookup(name) !== undefined) throw new StyxError(Eexists);
        group.set(name, nothing);
        return node(name, group.lookup(name)?.path as bigint);
      },
      remove(name, _file, _opener, call) {
        if (!groupOf(call).delete(name)) throw new StyxError(Enotfound);
      },
    },
    { perm: 0o777 },
  );
  return serveDevice('e', root);
}

class EnvFile extends FileNode {
  constructor(name: string, path: bigint, groupOf: (call: Call | undefined) => EnvGroup) {
    const contents = (call: Call | undefined): Uint8Array => {
      const variable = groupOf(call).lookup(name);
      if (variable === undefined) throw new StyxError(Enotfound);
      return variable.value;
    };
    const handle: Handle = {
      read: (offset, count, call) => slice(contents(call), offset, count),
      write(offset, data, call) {
        if (data.length === 0) return 0;
        if (offset + data.length > MAXENV) throw new StyxError(Etoobig);
        const old = contents(call);
        const value = new Uint8Array(Math.max(old.length, offset + data.length));
        value.set(old);
        value.set(data, offset);
        groupOf(call).set(name, value);
        return data.length;
      },
    };
    super(
      (_opener, mode, call) => {
        contents(call);
        if (mode & OTRUNC) groupOf(call).set(name, nothing);
        return handle;
      },
      {
        path,
        stat: (_opener, call) => ({ length: BigInt(groupOf(call).lookup(name)?.value.length ?? 0) }),
      },
      0o666,
    );
  }
}
