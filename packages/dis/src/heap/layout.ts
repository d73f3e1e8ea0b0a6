/**
 * Where everything lies in a machine's memory. One WebAssembly.Memory a machine holds all that its programs can reach:
 * stacks, module data and heap objects. Both engines, the interpreter and a compiler to WebAssembly, work on this layout,
 * so that a process can be started by one and go on in the other. All numbers little-endian; addresses are bytes from 0;
 * 0 is nil (memory that is zero holds nil references).
 *
 * Why counts and types in the memory, but free lists' owners and "is an object" outside of it? A program may write
 * anywhere in its own memory (`lea`, `indx` and forged words make it possible), so nothing that the host relies on lies
 * there: which addresses are objects, and how large each block is, is kept in arrays of JavaScript's, see pages.ts.
 *
 *     0 ..  1024   registers of the process that runs, and scratch words for immediate operands (see below)
 *     1024 ..      pages of 256 bytes: runs of pages are slabs of small blocks, or one large block
 *
 * A block starts at a multiple of 16 with its header; a pointer is the address after the header, so payloads are aligned
 * to 8:
 *
 *     p - 8   references: how many pointers to the object exist, in the memory and in the host
 *     p - 4   type: number in the table of types
 *     p       payload
 *
 * Payloads (offsets from p):
 *
 *     record   the fields, as its type descriptor says
 *     string   0 length, n >= 0: n characters of one byte (U+0000..U+00FF) follow at 4;
 *              n < 0: -n characters of one word each follow at 4
 *     array    0 length, 4 element's type, 8 array whose elements these are (a slice), or nil, 12 address of element 0;
 *              an array's own elements start at 16
 *     list     0 tail, 4 element's type, 8 element
 *     channel  0 buffer (an array) or nil, 4 element's type, 8 values in the buffer, 12 index of the first of them,
 *              16 slot of its queues of waiting processes, 0 when there are none
 *     linkage  0 module's data (a record) or nil, 4 slot of its host object (functions, code)
 *     stack    0 chunk below, 4 stack pointer and 8 stack top of the chunk below; frames start at 16
 *
 * A frame (aligned to 8) starts with registers, which no operand may name:
 *
 *     0 link    number of the instruction to return to
 *     4 frame   the caller's frame; 0 for the first of a process
 *     8 mod     the caller's module reference (owned) when the call crossed modules; else 0
 *     12 type   the frame's type: its size and references
 *     16 ret    address for the return value, set by the caller; 20-31 scratch; 32 arguments
 *
 * Frames lie one after the other in a chunk, those that are filled for a call to come above the one that runs: walking a
 * chunk from its first frame by the sizes of types finds all references of a stack, without its chain of calls.
 *
 * Calling contract for engines: an engine is given a process that is ready (its registers in the Process object) and a
 * number of instructions; it runs until they are used up, or the process blocks, ends or raises, leaves the registers in
 * the Process object and says which. Pc values are instruction numbers of the module, so that code of any engine can
 * resume. Everything that allocates, blocks, spawns, loads or calls a built-in goes through methods of the machine; an
 * engine keeps for itself only what moves words, counts references, compares and branches.
 */

/** Bytes of an object's header, before its payload. */
export const header = 8;

/** Where blocks may start. */
export const firstPage = 1024;

export const frameLink = 0;
export const frameCaller = 4;
export const frameModule = 8;
export const frameType = 12;
export const frameResult = 16;

export const arrayLength = 0;
export const arrayType = 4;
export const arrayRoot = 8;
export const arrayData = 12;
export const arrayElements = 16;

export const listTail = 0;
export const listType = 4;
export const listElement = 8;

export const channelBuffer = 0;
export const channelType = 4;
export const channelCount = 8;
export const channelFront = 12;
export const channelSlot = 16;

export const linkageData = 0;
export const linkageSlot = 4;

export const stackBelow = 0;
export const stackPointer = 4;
export const stackTop = 8;
export const stackFrames = 16;
