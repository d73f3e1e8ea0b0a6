/** The exceptions that the machine itself raises: the words are the original's, programs compare them. */

export const eAlt = 'alt send/recv on same chan';
export const eBounds = 'array bounds error';
export const eBusy = 'channel busy';
export const eHangup = 'channel hangup';
export const eHeap = 'out of memory: heap';
export const eInvalid = 'invalid argument';
export const eMath = 'invalid math argument';
export const eMframe = 'invalid mframe';
export const eModule = 'module not loaded';
export const eNegativeSize = 'negative array size';
export const eNil = 'dereference of nil';
export const eNoMemory = 'out of memory: main';
export const eOpcode = 'illegal dis instruction';
export const eSpawn = 'spawn a builtin module';
export const eType = 'type check';
export const eZeroDivide = 'zero divide';

/** An exception of the Dis program: `message` is the exception's name. */
export class DisError extends Error {
  override readonly name = 'DisError';
}

/** Faults of common instructions, made once: a program may catch them in a loop. */
export const boundsFault: DisError = new DisError(eBounds);
export const nilFault: DisError = new DisError(eNil);
export const moduleFault: DisError = new DisError(eModule);
export const zeroDivideFault: DisError = new DisError(eZeroDivide);
export const opcodeFault: DisError = new DisError(eOpcode);
