/** Math on arrays of reals: linear algebra, sorting, and the conversion to and from bytes. */

import type { Awaitable } from '@llambo/styx';
import { boundsFault, DisError, eMath, nilFault } from '../../errors.ts';
import type { Call } from '../../vm/builtin.ts';
import { slowly } from '../slowly.ts';

/** The reals of the array at `offset`, in place. Raises "dereference of nil" for nil. */
function reals(call: Call, offset: number): Float64Array {
  const { heap } = call;
  const pointer = call.pointer(offset);
  if (pointer === 0) throw nilFault;
  const at = heap.arrayData(pointer);
  return heap.f64.subarray(at >> 3, (at >> 3) + heap.arrayLength(pointer));
}

function words(call: Call, offset: number): Int32Array {
  const { heap } = call;
  const pointer = call.pointer(offset);
  if (pointer === 0) throw nilFault;
  const at = heap.arrayData(pointer);
  return heap.i32.subarray(at >> 2, (at >> 2) + heap.arrayLength(pointer));
}

function check(ok: boolean): void {
  if (!ok) throw new DisError(eMath);
}

/** The bytes at 32 and the numbers at 36, of `size` bytes each, which must match. */
function matching<T extends { readonly length: number }>(
  call: Call,
  size: number,
  numbers: T,
): [DataView, T] {
  if (call.pointer(32) === 0) throw nilFault;
  const bytes = call.bytes(32);
  check(bytes.length === size * numbers.length);
  return [new DataView(bytes.buffer, bytes.byteOffset, bytes.length), numbers];
}

function each(n: number, f: (i: number) => void): void {
  for (let i = 0; i < n; i++) f(i);
}

export const arrays = {
  import_int(call: Call): void {
    const [bytes, x] = matching(call, 4, words(call, 36));
    each(x.length, (i) => (x[i] = bytes.getInt32(4 * i)));
  },
  import_real32(call: Call): void {
    const [bytes, x] = matching(call, 4, reals(call, 36));
    each(x.length, (i) => (x[i] = bytes.getFloat32(4 * i)));
  },
  import_real(call: Call): void {
    const [bytes, x] = matching(call, 8, reals(call, 36));
    each(x.length, (i) => (x[i] = bytes.getFloat64(8 * i)));
  },
  export_int(call: Call): void {
    const [bytes, x] = matching(call, 4, words(call, 36));
    each(x.length, (i) => bytes.setInt32(4 * i, x[i]!));
  },
  export_real32(call: Call): void {
    const [bytes, x] = matching(call, 4, reals(call, 36));
    each(x.length, (i) => bytes.setFloat32(4 * i, x[i]!));
  },
  export_real(call: Call): void {
    const [bytes, x] = matching(call, 8, reals(call, 36));
    each(x.length, (i) => bytes.setFloat64(8 * i, x[i]!));
  },

  dot(call: Call): void {
    const [x, y] = [reals(call, 32), reals(call, 36)];
    check(x.length === y.length);
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
    call.returnReal(sum);
  },
  norm1(call: Call): void {
    let sum = 0;
    for (const v of reals(call, 32)) sum += Math.abs(v);
    call.returnReal(sum);
  },
  norm2(call: Call): void {
    let sum = 0;
    for (const v of reals(call, 32)) sum += v * v;
    call.returnReal(Math.sqrt(sum));
  },
  /** Index of the element that is largest without its sign. */
  iamax(call: Call): void {
    const x = reals(call, 32);
    let most = 0;
    for (let i = 1; i < x.length; i++) if (Math.abs(x[most]!) < Math.abs(x[i]!)) most = i;
    call.returnWord(most);
  },

  /** Orders the indices in `pi` by the reals that they name. */
  sort(call: Call): Awaitable<void> {
    const [x, pi] = [reals(call, 32).slice(), words(call, 36).slice()];
    for (const i of pi) check(i >= 0 && i < x.length);
    const order = (a: number, b: number): number => (x[a] === x[b] ? 0 : x[a]! < x[b]! ? -1 : 1);
    const sorted = slowly(sortSteps(pi, order), () => call.signal);
    if (sorted instanceof Promise) return sorted.then((s) => words(call, 36).set(s));
    words(call, 36).set(sorted);
  },

  /** C := alpha op(A) op(B) + beta C, for matrices by columns; A or B may be nil, for the identity. */
  gemm(call: Call): Awaitable<void> {
    const { heap } = call;
    const [transa, transb, m, n, k] = [32, 36, 40, 44, 48].map((at) => call.word(at)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const [lda, ldb, ldc] = [call.word(68), call.word(76), call.word(92)];
    const [alpha, beta] = [call.real(56), call.real(80)];
    const isA = operation(transa);
    const isB = operation(transb);
    check(m >= 0 && n >= 0 && k >= 0);
    const matrix = (at: number, ld: number, rows: number, columns: number): Float64Array | undefined => {
      if (call.pointer(at) === 0) return undefined;
      const data = reals(call, at);
      // The last column must be there as far as it is used.
      if (ld < rows || (columns > 0 && rows > 0 && ld * (columns - 1) + rows > data.length))
        throw boundsFault;
      return data;
    };
    const take = (): [Float64Array | undefined, Float64Array | undefined, Float64Array] => {
      const c = matrix(88, ldc, m, n);
      if (c === undefined) throw nilFault;
      return [
        isA ? matrix(64, lda, m, k) : matrix(64, lda, k, m),
        isB ? matrix(72, ldb, k, n) : matrix(72, ldb, n, k),
        c,
      ];
    };
    let [a, b, c] = take();
    return slowly(
      (function* (): Generator<void, void> {
        let { buffer } = heap.f64;
        for (let j = 0; j < n; j++) {
          for (let i = 0; i < m; i++) {
            const at = i + j * ldc;
            // The order of operations is the original's: results are the same to the last bit.
            const old = beta === 0 ? 0 : beta * c[at]!;
            if (alpha === 0) c[at] = old;
            else if (a === undefined) c[at] = alpha * element(b, isB, ldb, i, j) + old;
            else if (isA) {
              let sum = old;
              for (let l = 0; l < k; l++) sum += alpha * element(b, isB, ldb, l, j) * a[i + l * lda]!;
              c[at] = sum;
            } else {
              let sum = 0;
              for (let l = 0; l < k; l++) sum += a[l + i * lda]! * element(b, isB, ldb, l, j);
              c[at] = alpha * sum + old;
            }
            yield;
            if (heap.f64.buffer === buffer) continue;
            // The memory has grown and moved.
            buffer = heap.f64.buffer;
            [a, b, c] = take();
          }
        }
      })(),
      () => call.signal,
    );
  },
};

/** Sorts `values`: short runs at once, then merges of two. Equal ones keep their order. */
function* sortSteps(
  values: Int32Array,
  order: (a: number, b: number) => number,
): Generator<void, Int32Array> {
  const run = 4096;
  let from: Int32Array = values;
  for (let at = 0; at < from.length; at += run) {
    from.set(Array.from(from.subarray(at, at + run)).sort(order), at);
    yield;
  }
  let to: Int32Array = new Int32Array(from.length);
  for (let width = run; width < from.length; width *= 2) {
    for (let at = 0; at < from.length; at += 2 * width) {
      const middle = Math.min(at + width, from.length);
      const end = Math.min(at + 2 * width, from.length);
      for (let i = at, l = at, r = middle; i < end; i++) {
        to[i] = l < middle && (r >= end || order(from[l]!, from[r]!) <= 0) ? from[l++]! : from[r++]!;
        if (i % run === 0) yield;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Element of a matrix by columns, or of one by rows; of the identity when there is none. */
function element(
  x: Float64Array | undefined,
  normal: boolean,
  ld: number,
  row: number,
  column: number,
): number {
  if (x === undefined) return row === column ? 1 : 0;
  return x[normal ? row + column * ld : column + row * ld]!;
}

/** Whether the matrix is taken as it is (N), not transposed (T or C). */
function operation(code: number): boolean {
  const letter = String.fromCharCode(code & 0xff);
  check('NTC'.includes(letter));
  return letter === 'N';
}
