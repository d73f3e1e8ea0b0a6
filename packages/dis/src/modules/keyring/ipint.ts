/** IPint, keyring-ipint(2): integers of any size, which lie in the program's own memory as sign and bytes. */

import type { Awaitable } from '@llambo/styx';
import { DisError, eHeap, eInvalid, eZeroDivide, nilFault } from '../../errors.ts';
import { type Address, type Call, defineType, type Heap } from '../../vm/builtin.ts';
import type { Functions } from '../module.ts';
import { slowly } from '../slowly.ts';
import { bitLength, fromBytes, inverse, mod, modPowSteps, randomBits, toBytes } from './big.ts';
import { encode64, fromText, toText } from './encoding.ts';

/** Sign (1 or -1), and an array of bytes with the magnitude. */
const typeIPint = defineType(8, '40');

/** Bits of the largest number: a program must not keep its host busy with one. */
const bitsMost = 1 << 18;
/** Bits of the largest numbers that expmod works on. */
const powerBitsMost = 1 << 14;

const eBadType = 'type not constructed correctly';

/** A new reference to a new IPint. */
export function newIPint(heap: Heap, v: bigint): Address {
  if (bitLength(v) > bitsMost) throw new DisError(eHeap);
  const pointer = heap.newObject(typeIPint);
  heap.setWord(pointer, v < 0n ? -1 : 1);
  let bytes: Address;
  try {
    bytes = heap.newBytes(toBytes(v));
  } catch (error) {
    heap.release(pointer);
    throw error;
  }
  heap.setPointer(pointer + 4, bytes);
  return pointer;
}

/** The number that a pointer refers to. Raises the original's exceptions for nil and for what is no IPint. */
export function ipintAt(heap: Heap, pointer: Address): bigint {
  if (pointer === 0) throw nilFault;
  if (heap.typeOf(pointer) !== typeIPint) throw new DisError(eBadType);
  const size = fromBytes(heap.bytes(heap.pointer(pointer + 4)));
  return heap.word(pointer) < 0 ? -size : size;
}

/** The IPint argument at `offset`. */
export function ipint(call: Call, offset: number): bigint {
  return ipintAt(call.heap, call.pointer(offset));
}

function give(call: Call, v: bigint): void {
  call.returnPointer(newIPint(call.heap, v));
}

const unary =
  (f: (a: bigint) => bigint) =>
  (call: Call): void =>
    give(call, f(ipint(call, 32)));
const binary =
  (f: (a: bigint, b: bigint) => bigint) =>
  (call: Call): void =>
    give(call, f(ipint(call, 32), ipint(call, 36)));

const abs = (v: bigint): bigint => (v < 0n ? -v : v);
/** Words of 32 bits: the original's digits, which show in `not` and `cmp`. */
const digits = (v: bigint): number => Math.ceil(bitLength(v) / 32);
const signed = (negative: boolean, size: bigint): bigint => (negative ? -size : size);

function nonZero(b: bigint): bigint {
  if (b === 0n) throw new DisError(eZeroDivide);
  return b;
}

function shifted(v: bigint, n: number): bigint {
  if (n > bitsMost) throw new DisError(eHeap);
  const size = n >= 0 ? abs(v) << BigInt(n) : abs(v) >> BigInt(Math.min(-n, bitsMost));
  return signed(v < 0n, size);
}

/** base to the exponent without a modulus, which must stay a number of the size that is allowed. */
function power(base: bigint, exponent: bigint): bigint {
  if (abs(base) <= 1n) return exponent % 2n === 0n ? base * base : base;
  if (Number(exponent) * bitLength(base) > bitsMost) throw new DisError(eHeap);
  return base ** exponent;
}

/** The sign of the longer operand goes to the result of `or` and `xor`, of the first one to that of `and`. */
function longer(a: bigint, b: bigint): boolean {
  const first = digits(b) > digits(a) ? b : a;
  return (first === 0n ? a + b : first) < 0n;
}

function compare(a: bigint, b: bigint): number {
  if (a < 0n !== b < 0n) return a < 0n ? -2 : 2;
  const [x, y] = a < 0n ? [abs(b), abs(a)] : [a, b];
  return digits(x) - digits(y) || (x < y ? -1 : x > y ? 1 : 0);
}

export const ipintFunctions: Functions = {
  'IPint.add': binary((a, b) => a + b),
  'IPint.sub': binary((a, b) => a - b),
  'IPint.mul': binary((a, b) => a * b),
  'IPint.mod': binary((a, b) => {
    const r = a % nonZero(b);
    return r < 0n ? r + b : r;
  }),
  'IPint.div'(call: Call): void {
    const { heap, result } = call;
    heap.setPointer(result, 0);
    heap.setPointer(result + 4, 0);
    const a = ipint(call, 32);
    const b = nonZero(ipint(call, 36));
    heap.setPointer(result, newIPint(heap, a / b));
    heap.setPointer(result + 4, newIPint(heap, a % b));
  },
  'IPint.neg': unary((a) => -a),
  'IPint.copy': unary((a) => a),
  'IPint.and': binary((a, b) => signed(a < 0n, abs(a) & abs(b))),
  'IPint.ori': binary((a, b) => signed(longer(a, b), abs(a) | abs(b))),
  'IPint.xor': binary((a, b) => signed(longer(a, b), abs(a) ^ abs(b))),
  'IPint.not': unary((a) => BigInt.asUintN(32 * digits(a), ~abs(a))),
  'IPint.shl': (call: Call): void => give(call, shifted(ipint(call, 32), call.word(36))),
  'IPint.shr': (call: Call): void => give(call, shifted(ipint(call, 32), -call.word(36))),
  'IPint.eq': (call: Call): void => call.returnWord(Number(ipint(call, 32) === ipint(call, 36))),
  'IPint.cmp': (call: Call): void => call.returnWord(compare(ipint(call, 32), ipint(call, 36))),
  'IPint.bits'(call: Call): void {
    call.returnWord(call.pointer(32) === 0 ? 0 : Math.max(1, bitLength(ipint(call, 32))));
  },
  'IPint.expmod'(call: Call): Awaitable<void> {
    const [base, exponent] = [ipint(call, 32), ipint(call, 36)];
    if (exponent < 0n) throw new DisError(eInvalid);
    if (exponent === 0n) return give(call, 1n);
    if (call.pointer(40) === 0) return give(call, power(base, exponent));
    const m = abs(nonZero(ipint(call, 40)));
    if (Math.max(bitLength(exponent), bitLength(m), bitLength(base)) > powerBitsMost)
      throw new DisError(eInvalid);
    const result = slowly(modPowSteps(base, exponent, m), () => call.signal);
    return result instanceof Promise ? result.then((v) => give(call, v)) : give(call, result);
  },
  'IPint.invert': binary((a, b) => {
    const i = inverse(a, abs(nonZero(b)));
    if (i === undefined) throw new DisError(eInvalid);
    return mod(i, abs(b));
  }),
  'IPint.inttoip': (call: Call): void => give(call, BigInt(call.word(32))),
  /** The nearest int there is. */
  'IPint.iptoint'(call: Call): void {
    const v = call.pointer(32) === 0 ? 0n : ipint(call, 32);
    call.returnWord(v > 0x7fffffffn ? 0x7fffffff : v < -0x80000000n ? -0x80000000 : Number(v));
  },
  'IPint.iptob64': (call: Call): void => call.returnString(toText(ipint(call, 32), 64)),
  /** With a zero byte before a byte of 128 and more, as older programs have it. */
  'IPint.iptob64z'(call: Call): void {
    const bytes = toBytes(ipint(call, 32));
    call.returnString(encode64(bytes[0]! & 0x80 ? Uint8Array.of(0, ...bytes) : bytes));
  },
  'IPint.iptobytes': (call: Call): void => call.returnPointer(call.heap.newBytes(toBytes(ipint(call, 32)))),
  'IPint.iptobebytes': (call: Call): void => call.returnPointer(call.heap.newBytes(toBytes(ipint(call, 32)))),
  'IPint.iptostr': (call: Call): void => call.returnString(toText(ipint(call, 32), call.word(36))),
  'IPint.b64toip': (call: Call): void => parse(call, 64),
  'IPint.strtoip': (call: Call): void => parse(call, call.word(36)),
  'IPint.bytestoip': (call: Call): void => bytesToIPint(call),
  'IPint.bebytestoip': (call: Call): void => bytesToIPint(call),
};

function parse(call: Call, base: number): void {
  const text = call.string(32);
  // A digit is at least three bits.
  const v = text.length > bitsMost / 3 ? undefined : fromText(text, base);
  if (v === undefined) call.returnPointer(0);
  else give(call, v);
}

function bytesToIPint(call: Call): void {
  if (call.pointer(32) === 0) throw nilFault;
  const bytes = call.bytes(32);
  if (bytes.length > bitsMost / 8) throw new DisError(eHeap);
  give(call, fromBytes(bytes));
}

/** IPint.random with the number of bits at `offset`. */
export const randomIPint =
  (offset: number) =>
  (call: Call): void => {
    const bits = call.word(offset);
    if (bits < 0 || bits > bitsMost) throw new DisError(eInvalid);
    give(call, randomBits(bits));
  };
