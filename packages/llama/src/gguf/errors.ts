/** A file that is not a GGUF model, or a broken or hostile one. The message names the file, the place and the fault. */
export class GgufError extends Error {
  override readonly name = 'GgufError';
  /** The file, as it was asked for. */
  readonly path: string;
  /** Byte of the file at which reading stopped. */
  readonly offset: number;

  constructor(path: string, offset: number, message: string, options?: ErrorOptions) {
    super(`${path}: ${message} (at byte ${offset})`, options);
    this.path = path;
    this.offset = offset;
  }
}
