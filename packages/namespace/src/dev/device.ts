import { type Attach, Eperm, type FileServer } from '@llambo/styx';
import { type DirNode, type ServeOptions, serveTree } from '@llambo/styx/fs';

/** A tree with the manners of a kernel's device: its root is named `#c`, and what it has not is "permission denied". */
export function serveDevice(char: string, tree: DirNode, options: ServeOptions = {}): FileServer {
  const name = ({ aname }: Attach): string => `#${char}${aname}`;
  return serveTree(tree, { name, refusal: Eperm, ...options });
}
