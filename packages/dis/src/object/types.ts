import { ObjectError } from './errors.ts';
import type { ObjectFile, TypeDescriptor } from './module.ts';

/** Whether the word at byte offset `at` of a type holds a reference. */
export function isReference(type: TypeDescriptor, at: number): boolean {
  const word = at >> 2;
  return ((type.map[word >> 3] ?? 0) & (0x80 >> (word & 7))) !== 0;
}

/** Whether any word of `size` bytes from `at` holds a reference. */
export function hasReference(type: TypeDescriptor, at: number, size: number): boolean {
  const end = Math.min(at + size, type.map.length * 32);
  for (let o = at & ~3; o < end; o += 4) if (isReference(type, o)) return true;
  return false;
}

/** Whether a value of type `part` may lie at `at` of `whole`: it fits, and both have their references there. */
export function fits(whole: TypeDescriptor, at: number, part: TypeDescriptor): boolean {
  if (at + part.size > whole.size) return false;
  const end = Math.min(part.size, Math.max(part.map.length * 32, whole.map.length * 32 - at));
  for (let o = 0; o < end; o += 4) if (isReference(whole, at + o) !== isReference(part, o)) return false;
  return true;
}

/** The descriptors by number. */
export function checkTypes(file: ObjectFile): readonly TypeDescriptor[] {
  const types: TypeDescriptor[] = [];
  for (const t of file.types) {
    if (types[t.id] !== undefined) throw new ObjectError('type descriptor is defined twice', `desc $${t.id}`);
    if (t.id < 0 || t.id >= file.types.length)
      throw new ObjectError('type descriptor number out of range', `desc $${t.id}`);
    if (t.size < 0) throw new ObjectError('type of negative size', `desc $${t.id}`);
    for (let byte = Math.max(0, (t.size >> 5) - 1); byte < t.map.length; byte++) {
      for (let bit = 0; bit < 8; bit++) {
        const word = byte * 8 + bit;
        if (t.map[byte]! & (0x80 >> bit) && word * 4 + 4 > t.size)
          throw new ObjectError('pointer map is longer than the type', `desc $${t.id}`);
      }
    }
    types[t.id] = t;
  }
  if (file.dataSize > 0 && types[0]?.size !== file.dataSize)
    throw new ObjectError('module data is not of the size of type descriptor 0');
  for (const l of file.links) {
    if (l.pc === -1 && l.type === -1) continue;
    if (l.pc < 0 || l.pc >= file.code.length)
      throw new ObjectError('function starts outside the code', l.name);
    checkFrame(types, l.type, l.name);
  }
  if (file.entryPc !== -1 || file.entryType !== -1) {
    if (file.entryPc < 0 || file.entryPc >= file.code.length)
      throw new ObjectError('entry is outside the code');
    checkFrame(types, file.entryType, 'entry');
  }
  return types;
}

/** Bytes at the start of a frame that belong to the machine: five registers. */
const frameRegisters = 20;

/** What an error says of where it is: a number is an instruction's. */
export function place(where: string | number): string {
  return typeof where === 'number' ? `instruction ${where}` : where;
}

/** Throws unless descriptor `id` can be a frame. */
export function checkFrame(
  types: readonly TypeDescriptor[],
  id: number,
  where: string | number,
): TypeDescriptor {
  const t = types[id];
  if (t === undefined) throw new ObjectError('no such type descriptor', `${place(where)}: $${id}`);
  if (t.size < frameRegisters || t.size % 4 !== 0 || hasReference(t, 0, frameRegisters))
    throw new ObjectError('type descriptor is not of a frame', `${place(where)}: desc $${id}`);
  return t;
}
