import { type FileServer, StyxError } from '@llambo/styx';
import { dir, StaticDir } from '@llambo/styx/fs';
import { Ebadspec } from '../errors.ts';
import { serveDevice } from './device.ts';

/** The names that the root device serves: empty directories to bind and mount on, root(3). */
export const ROOT_NAMES: readonly string[] = [
  'chan',
  'dev',
  'dis',
  'env',
  'fd',
  'mnt',
  'n',
  'net',
  'prog',
  'srv',
  'tmp',
  'usr',
];

let usual: FileServer | undefined;

/** `#/`: a directory of empty directories. `a/b` names one in another. The one with the usual names is shared. */
export function rootDevice(names?: readonly string[]): FileServer {
  return names === undefined ? (usual ??= make(ROOT_NAMES)) : make(names);
}

function make(names: readonly string[]): FileServer {
  const root = dir();
  for (const name of names) {
    let at = root;
    for (const element of name.split('/').filter((e) => e !== '')) {
      const there = at.get(element);
      const next = there instanceof StaticDir ? there : dir();
      if (next !== there) at.add(element, next);
      at = next;
    }
  }
  return serveDevice('/', root, {
    name: () => '/',
    root({ aname }) {
      if (aname !== '') throw new StyxError(Ebadspec);
      return root;
    },
  });
}
