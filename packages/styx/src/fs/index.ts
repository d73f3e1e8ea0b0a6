/** File servers: an in-memory file system, and synthetic trees. */
export type { Awaitable, Call, FileServer } from '../file.ts';
export {
  bytes,
  type Content,
  type DynamicDirectory,
  dir,
  dynamicDir,
  file,
  nodeAt,
  slice,
  type TextOptions,
  text,
  toBytes,
  toText,
} from './build.ts';
export { type CloneDirOptions, cloneDir, type Session } from './clone.ts';
export { type Command, type CommandContext, type Commands, type CtlOptions, ctl, tokenize } from './ctl.ts';
export { DirReader } from './dir-reader.ts';
export { checkFileName, NAMEMAX } from './names.ts';
export {
  type Directory,
  DirNode,
  FileNode,
  type Handle,
  type Meta,
  type Opener,
  StaticDir,
  type TreeNode,
} from './node.ts';
export { ownGroups, parseUsers, permits, type Users, wanted } from './perm.ts';
export { type Quota, type Ramfs, type RamfsOptions, ramfs } from './ramfs.ts';
export { interruptible, Rendez } from './rendez.ts';
export { Events, type EventsOptions, type ExchangeOptions, exchange, type Source, stream } from './stream.ts';
export { nodeOf, type ServeOptions, serveTree } from './tree.ts';
