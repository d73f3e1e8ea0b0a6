import type { Awaitable } from '@llambo/styx';
import { DisError, eInvalid, nilFault } from '../../errors.ts';
import { type Address, type Call, defineType, type Heap, type TypeId } from '../../vm/builtin.ts';
import type { Functions } from '../module.ts';
import { slowly } from '../slowly.ts';
import { bitLength, inverse, mod, modPowSteps, newPrimeSteps, randomBetween, randomBits } from './big.ts';
import { ipint, ipintAt, newIPint } from './ipint.ts';

// The adts of keyring-rsa(2), keyring-dsa(2) and keyring-eg(2): all of their members are references.

const typeRSApk = defineType(8, 'c0');
const typeRSAsk = defineType(28, 'fe');
const typeRSAsig = defineType(4, '80');
const typeDSApk = defineType(16, 'f0');
const typeDSAsk = defineType(8, 'c0');
const typeSignature = defineType(8, 'c0');

/** Bits of the largest modulus: larger ones would keep the host busy. */
const modulusMost = 8192;

/** The IPint members of the adt at `pointer`. */
function members(heap: Heap, pointer: Address, count: number, from = 0): bigint[] {
  if (pointer === 0) throw nilFault;
  const all = Array.from({ length: count }, (_, i) => ipintAt(heap, heap.pointer(pointer + 4 * (from + i))));
  for (const v of all) if (bitLength(v) > modulusMost) throw new DisError(eInvalid);
  return all;
}

/** A new adt of IPints, a new reference; `first`, if any, is a reference that goes in before them. */
function record(heap: Heap, type: TypeId, values: readonly bigint[], first?: Address): Address {
  const pointer = heap.newObject(type);
  const from = first === undefined ? 0 : 1;
  if (first !== undefined) heap.setPointer(pointer, first);
  try {
    values.forEach((v, i) => {
      heap.setPointer(pointer + 4 * (from + i), newIPint(heap, v));
    });
  } catch (error) {
    heap.release(pointer);
    throw error;
  }
  return pointer;
}

function power(call: Call, base: bigint, exponent: bigint, m: bigint): Awaitable<bigint> {
  if (m <= 0n || exponent < 0n) throw new DisError(eInvalid);
  return slowly(modPowSteps(base, exponent, m), () => call.signal);
}

function inverted(v: bigint, m: bigint): bigint {
  const i = m > 0n ? inverse(v, m) : undefined;
  if (i === undefined) throw new DisError(eInvalid);
  return i;
}

/** Of d, p and q: what speeds decryption up by the Chinese remainder theorem. */
function crt(d: bigint, p: bigint, q: bigint): [kp: bigint, kq: bigint, c2: bigint] {
  if (p < 2n || q < 2n) throw new DisError(eInvalid);
  return [mod(d, p - 1n), mod(d, q - 1n), inverted(p, q)];
}

async function rsaDecrypt(call: Call): Promise<bigint> {
  const { heap } = call;
  const [p, q, kp, kq, c2] = members(heap, call.pointer(32), 5, 2) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const m = ipint(call, 36);
  const a = await power(call, m, kp, p);
  const b = await power(call, m, kq, q);
  return a + p * mod((b - a) * c2, q);
}

function rsaEncrypt(call: Call, m: bigint): Awaitable<bigint> {
  const [n, ek] = members(call.heap, call.pointer(32), 2) as [bigint, bigint];
  return power(call, m, ek, n);
}

function rsaKey(heap: Heap, n: bigint, e: bigint, d: bigint, p: bigint, q: bigint): Address {
  return record(heap, typeRSAsk, [d, p, q, ...crt(d, p, q)], record(heap, typeRSApk, [n, e]));
}

/** Group and secret of a DSA or ElGamal key: the members of its pk, and the secret behind it. */
function secretKey(call: Call, publicMembers: number): [values: bigint[], secret: bigint, m: bigint] {
  const { heap } = call;
  const key = call.pointer(32);
  if (key === 0) throw nilFault;
  const values = members(heap, heap.pointer(key), publicMembers);
  return [values, ipintAt(heap, heap.pointer(key + 4)), ipint(call, 36)];
}

export const publicKeys: Functions = {
  async 'RSApk.encrypt'(call: Call): Promise<void> {
    call.returnPointer(newIPint(call.heap, await rsaEncrypt(call, ipint(call, 36))));
  },
  async 'RSApk.verify'(call: Call): Promise<void> {
    const [signature] = members(call.heap, call.pointer(36), 1) as [bigint];
    const m = ipint(call, 40);
    call.returnWord(Number((await rsaEncrypt(call, signature)) === m));
  },
  async 'RSAsk.decrypt'(call: Call): Promise<void> {
    call.returnPointer(newIPint(call.heap, await rsaDecrypt(call)));
  },
  async 'RSAsk.sign'(call: Call): Promise<void> {
    call.returnPointer(record(call.heap, typeRSAsig, [await rsaDecrypt(call)]));
  },
  'RSAsk.fill'(call: Call): void {
    const [n, e, d, p, q] = [32, 36, 40, 44, 48].map((at) => ipint(call, at)) as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    call.returnPointer(rsaKey(call.heap, n, e, d, p, q));
  },
  async 'RSAsk.gen'(call: Call): Promise<void> {
    call.returnPointer(0);
    const [bits, exponentBits] = [call.word(32), call.word(36)];
    if (bits < 64 || bits > modulusMost / 2 || exponentBits < 2 || exponentBits >= bits)
      throw new DisError(eInvalid);
    for (;;) {
      const p = await slowly(newPrimeSteps(bits >> 1), () => call.signal);
      const q = await slowly(newPrimeSteps(bits - (bits >> 1), p), () => call.signal);
      const phi = (p - 1n) * (q - 1n);
      const e = randomBits(exponentBits) | 1n | (1n << BigInt(exponentBits - 1));
      const d = inverse(e, phi);
      if (d === undefined || bitLength(p * q) !== bits) continue;
      call.returnPointer(rsaKey(call.heap, p * q, e, d, p, q));
      return;
    }
  },

  async 'DSAsk.sign'(call: Call): Promise<void> {
    const [[p, q, alpha], secret, m] = secretKey(call, 4) as [
      [bigint, bigint, bigint, bigint],
      bigint,
      bigint,
    ];
    if (p < 3n || q < 3n) throw new DisError(eInvalid);
    for (;;) {
      const k = randomBetween(1n, q);
      const r = mod(await power(call, alpha, k, p), q);
      const s = mod(inverted(k, q) * (m + secret * r), q);
      if (r === 0n || s === 0n) continue;
      call.returnPointer(record(call.heap, typeSignature, [r, s]));
      return;
    }
  },
  async 'DSApk.verify'(call: Call): Promise<void> {
    const { heap } = call;
    const [p, q, alpha, key] = members(heap, call.pointer(32), 4) as [bigint, bigint, bigint, bigint];
    const [r, s] = members(heap, call.pointer(36), 2) as [bigint, bigint];
    const m = ipint(call, 40);
    let isGood = false;
    if (r > 0n && r < q && s > 0n && s < q) {
      const w = inverted(s, q);
      const v = (await power(call, alpha, mod(m * w, q), p)) * (await power(call, key, mod(r * w, q), p));
      isGood = mod(mod(v, p), q) === r;
    }
    call.returnWord(Number(isGood));
  },
  /** A key in the group of another one; new groups are not made here. */
  async 'DSAsk.gen'(call: Call): Promise<void> {
    const { heap } = call;
    if (call.pointer(32) === 0) {
      notSupported(call);
      call.returnPointer(0);
      return;
    }
    const [p, q, alpha] = members(heap, call.pointer(32), 3) as [bigint, bigint, bigint];
    if (p < 3n || q < 3n) throw new DisError(eInvalid);
    const secret = randomBetween(1n, q);
    const pk = record(heap, typeDSApk, [p, q, alpha, await power(call, alpha, secret, p)]);
    call.returnPointer(record(heap, typeDSAsk, [secret], pk));
  },

  async 'EGsk.sign'(call: Call): Promise<void> {
    const [[p, alpha], secret, m] = secretKey(call, 3) as [[bigint, bigint, bigint], bigint, bigint];
    if (p < 5n) throw new DisError(eInvalid);
    for (let tries = 0; tries < 1000; tries++) {
      const k = randomBetween(2n, p - 1n);
      const i = inverse(k, p - 1n);
      if (i === undefined) continue;
      const r = await power(call, alpha, k, p);
      const s = mod((m - secret * r) * i, p - 1n);
      call.returnPointer(record(call.heap, typeSignature, [r, s]));
      return;
    }
    throw new DisError(eInvalid);
  },
  async 'EGpk.verify'(call: Call): Promise<void> {
    const { heap } = call;
    const [p, alpha, key] = members(heap, call.pointer(32), 3) as [bigint, bigint, bigint];
    const [r, s] = members(heap, call.pointer(36), 2) as [bigint, bigint];
    const m = ipint(call, 40);
    let isGood = r > 0n && r < p;
    if (isGood) {
      const left = mod((await power(call, key, r, p)) * (await power(call, r, s, p)), p);
      isGood = left === (await power(call, alpha, mod(m, p - 1n), p));
    }
    call.returnWord(Number(isGood));
  },
  'EGsk.gen'(call: Call): void {
    notSupported(call);
    call.returnPointer(0);
  },
};

/** The process's error string, for what this module does not do. */
export function notSupported(call: Call): void {
  call.process.errstr = 'not supported';
}
