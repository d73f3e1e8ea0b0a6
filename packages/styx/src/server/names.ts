import { ORCLOSE, OTRUNC } from '../constants.ts';

/** True for a name that one element of a path can have; NUL was refused when the message was decoded. */
export function isElement(name: string): boolean {
  return name !== '' && name !== '.' && !name.includes('/');
}

/** True for a name that a file can have. */
export function isFileName(name: string): boolean {
  return isElement(name) && name !== '..';
}

/** Bits of a mode that open(5) says should be zero. */
export const BAD_MODE: number = 0xff & ~(3 | OTRUNC | ORCLOSE);
