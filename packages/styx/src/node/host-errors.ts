import {
  Eexists,
  Eio,
  Eisdir,
  Emanyfids,
  Enospace,
  Enotdir,
  Enotempty,
  Enotfound,
  Eperm,
  Ereadonly,
  Etoobig,
  Etoolong,
  StyxError,
} from '../errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: Enotfound,
  // A link where a file was expected: it does not exist for a client.
  ELOOP: Enotfound,
  EACCES: Eperm,
  EPERM: Eperm,
  EEXIST: Eexists,
  ENOTDIR: Enotdir,
  EISDIR: Eisdir,
  ENOTEMPTY: Enotempty,
  ENOSPC: Enospace,
  EDQUOT: Enospace,
  EFBIG: Etoobig,
  EROFS: Ereadonly,
  ENAMETOOLONG: Etoolong,
  EMFILE: Emanyfids,
  ENFILE: Emanyfids,
};

/** The manual's words for an error of the host; never the host's own, which would name its paths. */
export function hostError(error: unknown): StyxError {
  if (error instanceof StyxError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return new StyxError(WORDS[code ?? ''] ?? Eio, { cause: error });
}

/** Runs a piece of host work; what it throws, it throws in the manual's words. */
export function hostDo<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw hostError(error);
  }
}

/** Runs a piece of host work that may as well fail. */
export function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // there is nothing better to do
  }
}
