export {
  isSync,
  packDir,
  putDir,
  sizeofDir,
  unpackDir,
  unpackDirs,
  wstatDir,
} from './codec/dir.ts';
export * from './constants.ts';
export * from './errors.ts';
export type { Attach, Awaitable, Call, Dir, File, FileServer, Opened, Qid, Walked } from './file.ts';
export { uninterrupted } from './file.ts';
