/** Name spaces of Plan 9 and Inferno: mount tables, union directories, and the devices to bind in them. */

export type { MountOptions } from './bind.ts';
export { type Caller, nobody } from './caller.ts';
export { Chan } from './chan.ts';
export { chanTransport, exportOver, type Imported, importOver, importTree } from './connection.ts';
export {
  MAFTER,
  MBEFORE,
  MCACHE,
  MCREATE,
  MREPL,
  OEXCL,
  SEEKEND,
  SEEKRELA,
  SEEKSTART,
} from './constants.ts';
export { type ConsOptions, consDevice } from './dev/cons.ts';
export { Console, type Terminal } from './dev/console.ts';
export { dupDevice } from './dev/dup.ts';
export { envDevice } from './dev/env.ts';
export { pipeDevice } from './dev/pipe.ts';
export { type Prog, type ProgTable, progDevice } from './dev/prog.ts';
export { ClosedPipeError, type Interrupt, Queue } from './dev/queue.ts';
export { ROOT_NAMES, rootDevice } from './dev/root.ts';
export { type FileIO, type Served, type SrvRequest, srvDevice } from './dev/srv.ts';
export type { Dev } from './dev-id.ts';
export { type DeviceOptions, standardDevices } from './devices.ts';
export { EnvGroup, type EnvLimits } from './env-group.ts';
export { Ebadfd, Ebadusefd, Ehungup, Enoattach, Enocreate, Enofd, Eunion, Eunmount } from './errors.ts';
export { exportTree } from './export.ts';
export { type FdBudget, FdGroup } from './fd-group.ts';
export { type Devices, Namespace, type NamespaceOptions } from './namespace.ts';
export { buildNamespace, type NsFileOptions } from './ns-file.ts';
export { cleanname, quote, quoteIfNeeded } from './path.ts';
export { flagLetters, type MountLine, printLine } from './print.ts';
export { chain, ignore, isPromise, run, type Steps } from './steps.ts';
