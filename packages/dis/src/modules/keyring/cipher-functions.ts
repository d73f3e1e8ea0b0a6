import type { Awaitable } from '@llambo/styx';
import { boundsFault, DisError, nilFault } from '../../errors.ts';
import { type Address, type Call, defineType, type Heap, type TypeId } from '../../vm/builtin.ts';
import type { Functions } from '../module.ts';
import { slowly } from '../slowly.ts';
import { aes } from './aes.ts';
import { type BlockCipher, cbc, ecb } from './block-cipher.ts';
import { blowfish } from './blowfish.ts';
import { des } from './des.ts';
import { idea } from './idea.ts';

// States in a program's memory: the key's length at 4, the ivec from 8, the key from 24.
const lengthAt = 4;
const ivecAt = 8;
const keyAt = 24;
const keyMost = 56;

const eBadKey = 'bad encryption key';
const eBadIvec = 'bad ivec';
const eBadSize = 'data not multiple of block size';
const eBadState = 'type not constructed correctly: bad encryption state';

interface Cipher {
  readonly type: TypeId;
  readonly block: number;
  readonly make: (key: Uint8Array) => BlockCipher;
  /** Bytes of the key that are used; undefined when the key will not do. */
  readonly keyLength: (given: number) => number | undefined;
  /** Whether an ivec may be longer than a block. */
  readonly longIvec: boolean;
  /** Whether data may end with part of a block. */
  readonly partial: boolean;
  /** The cipher of the key that was used last: making one costs more than a block or two. */
  last?: { readonly key: string; readonly cipher: BlockCipher };
}

function cipher(block: number, rest: Omit<Cipher, 'type' | 'block' | 'last'>): Cipher {
  return { type: defineType(keyAt + keyMost, ''), block, ...rest };
}

const ciphers = {
  aes: cipher(16, {
    make: aes,
    keyLength: (n) => (n === 16 || n === 24 || n === 32 ? n : undefined),
    longIvec: true,
    partial: true,
  }),
  des: cipher(8, { make: des, keyLength: (n) => (n >= 8 ? 8 : undefined), longIvec: true, partial: false }),
  idea: cipher(8, {
    make: idea,
    keyLength: (n) => (n >= 16 ? 16 : undefined),
    longIvec: true,
    partial: false,
  }),
  blowfish: cipher(8, {
    make: blowfish,
    keyLength: (n) => (n > 0 ? Math.min(n, keyMost) : undefined),
    longIvec: false,
    partial: false,
  }),
};

/** fn(key, ivec): a new state. */
const setup =
  (c: Cipher) =>
  (call: Call): void => {
    const { heap } = call;
    call.returnPointer(0);
    const length = call.pointer(32) === 0 ? undefined : c.keyLength(call.bytes(32).length);
    if (length === undefined) throw new DisError(eBadKey);
    const ivecLength = call.pointer(36) === 0 ? c.block : call.bytes(36).length;
    if (ivecLength < c.block || (ivecLength > c.block && !c.longIvec)) throw new DisError(eBadIvec);
    const at = heap.newObject(c.type);
    call.returnPointer(at);
    heap.setWord(at + lengthAt, length);
    heap.u8.set(call.bytes(32).subarray(0, length), at + keyAt);
    heap.u8.set(call.bytes(36).subarray(0, c.block), at + ivecAt);
  };

function cipherOf(c: Cipher, heap: Heap, at: Address): BlockCipher {
  // A program that wrote to its state gets another key, not other memory.
  const length = c.keyLength(Math.max(1, Math.min(keyMost, heap.word(at + lengthAt)))) ?? 16;
  const key = heap.u8.slice(at + keyAt, at + keyAt + length);
  const name = String.fromCharCode(...key);
  if (c.last?.key !== name) c.last = { key: name, cipher: c.make(key) };
  return c.last.cipher;
}

/** Bytes that are worked on before somebody may look at the clock; a multiple of every block's size. */
const stepBytes = 1024;

/** fn(state, buf, n, direction). */
const crypt =
  (c: Cipher, mode: 'ecb' | 'cbc') =>
  (call: Call): Awaitable<void> => {
    const { heap } = call;
    if (call.pointer(36) === 0) return;
    const n = call.word(40);
    if (n < 0 || n > call.bytes(36).length) throw boundsFault;
    if (!c.partial && n % c.block !== 0) throw new DisError(eBadSize);
    const at = call.pointer(32);
    if (at === 0) throw nilFault;
    if (heap.typeOf(at) !== c.type) throw new DisError(eBadState);
    const decrypting = call.word(44) !== 0;
    const cipher = cipherOf(c, heap, at);
    const steps = function* (): Generator<void, void> {
      for (let from = 0; from < n; from += stepBytes) {
        const data = call.bytes(36).subarray(from, Math.min(n, from + stepBytes));
        if (mode === 'ecb') ecb(cipher, data, data.length, decrypting);
        else cbc(cipher, data, data.length, heap.u8.subarray(at + ivecAt, at + ivecAt + c.block), decrypting);
        yield;
      }
    };
    return slowly(steps(), () => call.signal);
  };

/** RC4 is broken, and refused: programs that still ask for it are told so instead of being left with a false comfort. */
const refused = (): void => {
  throw new DisError('rc4 not supported');
};

export const cipherFunctions: Functions = {
  aessetup: setup(ciphers.aes),
  aescbc: crypt(ciphers.aes, 'cbc'),
  dessetup: setup(ciphers.des),
  desecb: crypt(ciphers.des, 'ecb'),
  descbc: crypt(ciphers.des, 'cbc'),
  ideasetup: setup(ciphers.idea),
  ideaecb: crypt(ciphers.idea, 'ecb'),
  ideacbc: crypt(ciphers.idea, 'cbc'),
  blowfishsetup: setup(ciphers.blowfish),
  blowfishcbc: crypt(ciphers.blowfish, 'cbc'),
  rc4setup(call: Call): void {
    call.process.errstr = 'rc4 not supported';
    call.returnPointer(0);
  },
  rc4: refused,
  rc4skip: refused,
  rc4back: refused,
};
