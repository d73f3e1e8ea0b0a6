/** What is wrong with an object file or an assembler text. */
export class ObjectError extends Error {
  override readonly name = 'ObjectError';
  /** Byte offset in the file where a reader stopped; instruction number, line or item of what was checked otherwise. */
  readonly where: string;

  constructor(message: string, where = '', options?: ErrorOptions) {
    super(where === '' ? message : `${message}: ${where}`, options);
    this.where = where;
  }
}

/** The original's words: they reach programs as the error string of `load`. */
export const Ebadmagic = 'bad magic';
export const Etruncated = 'dis file is truncated';
export const Eimplausible = 'implausible dis file: a size does not fit the file';
export const Eobsolete = 'obsolete dis file: its imports are in the data section';
export const Esixtyfour = 'dis file is for 64-bit words; only the standard 32-bit format runs here';
export const Ebadmode = 'reserved address mode';
export const Ebadopcode = 'illegal dis instruction';
export const Ebaddata = 'bad data item';
export const Ebadname = 'name is not valid utf-8';
export const Eopsize = 'operand does not fit 30 bits';
