import { ObjectError } from './errors.ts';
import { DADEPTH, type DataItem, type ObjectFile, type TypeDescriptor } from './module.ts';
import { hasReference, isReference } from './types.ts';

/** Memory that items are stored in: the module's data, or the elements of an array. */
interface Base {
  readonly type: TypeDescriptor;
  /** Bytes there are, and where in them offset 0 is. */
  readonly size: number;
  readonly start: number;
  /** Arrays made so far, by place. */
  readonly arrays: Map<number, { element: TypeDescriptor; length: number }>;
}

const nothing: TypeDescriptor = { id: -1, size: 0, map: new Uint8Array() };

/** Size and alignment of an item in memory. */
function extent(item: DataItem): [size: number, align: number] {
  switch (item.kind) {
    case 'bytes':
      return [item.values.length, 1];
    case 'words':
      return [item.values.length * 4, 4];
    case 'bigs':
    case 'reals':
      return [item.values.length * 8, 8];
    case 'restore':
      return [0, 1];
    default:
      return [4, 4];
  }
}

/** Whether any of `size` bytes at `at` of consecutive elements of `type` is a reference's. */
function elementsHaveReference(type: TypeDescriptor, at: number, size: number): boolean {
  if (type.size === 0 || type.map.length === 0) return false;
  if (size >= type.size) return hasReference(type, 0, type.size);
  const from = at % type.size;
  return (
    hasReference(type, from, size) ||
    (from + size > type.size && hasReference(type, 0, from + size - type.size))
  );
}

function holdsReference(base: Base, at: number): boolean {
  return base.type.size > 0 && isReference(base.type, at % base.type.size);
}

function makeArray(
  type: number,
  length: number,
  types: readonly TypeDescriptor[],
  fail: (message: string) => never,
): { element: TypeDescriptor; length: number } {
  const element = types[type] ?? fail('no such type descriptor');
  if (length < 0) fail('array of negative length');
  if (element.size * length > 0x7fffffff) fail('array is too large');
  return { element, length };
}

/** Checks the data section against the descriptors; see the contract in verify.ts. */
export function checkData(file: ObjectFile, types: readonly TypeDescriptor[]): void {
  const stack: Base[] = [];
  let base: Base = { type: types[0] ?? nothing, size: file.dataSize, start: 0, arrays: new Map() };
  file.data.forEach((item, n) => {
    const fail = (message: string): never => {
      throw new ObjectError(message, `data item ${n}, ${item.kind} at ${item.offset}`);
    };
    const [size, align] = extent(item);
    const at = base.start + item.offset;
    if (item.kind !== 'restore' && (item.offset < 0 || at + size > base.size))
      fail('data lies outside the module data');
    if (item.offset % align !== 0) fail('data is not aligned');
    switch (item.kind) {
      case 'restore':
        base = stack.pop() ?? fail('restore without index');
        return;
      case 'index': {
        const { element, length } = base.arrays.get(at) ?? fail('index of what is no array');
        if (item.index < 0 || item.index > length) fail('array index out of range');
        if (stack.length === DADEPTH) fail('arrays nest too deep');
        stack.push(base);
        const arrays = new Map<number, { element: TypeDescriptor; length: number }>();
        base = { type: element, size: element.size * length, start: element.size * item.index, arrays };
        return;
      }
      case 'array':
        base.arrays.set(at, makeArray(item.type, item.length, types, fail));
        if (!holdsReference(base, at)) fail('reference in a value');
        return;
      case 'string':
        if (!holdsReference(base, at)) fail('reference in a value');
        return;
      default:
        if (elementsHaveReference(base.type, at, size)) fail('value in place of a reference');
    }
  });
  if (stack.length > 0) throw new ObjectError('index without restore', 'end of data');
}
