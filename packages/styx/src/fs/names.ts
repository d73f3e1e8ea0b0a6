import { Ename, Etoolong, StyxError } from '../errors.ts';

/** Bytes of a name at most. A stat record has room for more, but a reader's small buffer has not. */
export const NAMEMAX = 1024;

/** Throws unless a file may be made under `name`: not `.` or `..`, no `/`, no control characters, intro(5). */
export function checkFileName(name: string): void {
  if (name === '' || name === '.' || name === '..') throw new StyxError(Ename);
  if (/[\x00-\x1f\x7f-\x9f/]/.test(name)) throw new StyxError(Ename);
  if (name.length > NAMEMAX / 3 && new TextEncoder().encode(name).length > NAMEMAX)
    throw new StyxError(Etoolong);
}
