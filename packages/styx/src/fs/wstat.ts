import { NOTOUCH8, NOTOUCH16, NOTOUCH32, NOTOUCH64 } from '../constants.ts';
import { Ewstat, StyxError } from '../errors.ts';
import type { Dir } from '../file.ts';

/** What no wstat may change, stat(5): a value that is not "don't touch" must be the one that is there. */
export function checkFixed(to: Dir, is: Dir): void {
  const same =
    (to.type === NOTOUCH16 || to.type === is.type) &&
    (to.dev === NOTOUCH32 || to.dev === is.dev) &&
    (to.qid.type === NOTOUCH8 || to.qid.type === is.qid.type) &&
    (to.qid.version === NOTOUCH32 || to.qid.version === is.qid.version) &&
    (to.qid.path === NOTOUCH64 || to.qid.path === is.qid.path) &&
    (to.atime === NOTOUCH32 || to.atime === is.atime) &&
    (to.uid === '' || to.uid === is.uid) &&
    (to.muid === '' || to.muid === is.muid);
  if (!same) throw new StyxError(Ewstat);
}
