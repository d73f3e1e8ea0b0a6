import type { Awaitable } from '@llambo/styx';
import { DisError, eInvalid } from '../../errors.ts';
import { type Address, type Call, defineType, type Heap } from '../../vm/builtin.ts';
import type { Functions } from '../module.ts';
import { slowly } from '../slowly.ts';
import {
  type Digest,
  type DigestState,
  digestOf,
  finish,
  md4,
  md5,
  newState,
  sha1,
  sha224,
  sha256,
  sha384,
  sha512,
  stateBuffer,
  stateWords,
  update,
} from './digests.ts';

// A DigestState in a program's memory: the algorithm's number at 4 (0: nothing came yet), bytes in the buffer at 8, the
// key's mark at 12, the length at 16, the chaining value from 24 and the buffer from 88.
const algorithmAt = 4;
const usedAt = 8;
const keyedAt = 12;
const lengthAt = 16;
const wordsAt = 24;
const bufferAt: number = wordsAt + 4 * stateWords;
const size: number = bufferAt + stateBuffer;

const typeState = defineType(size, '');
const algorithms: readonly Digest[] = [md4, md5, sha1, sha224, sha256, sha384, sha512];

const eBadDigest = 'bad digest value';
const eBadKey = 'bad encryption key';
const eBadType = 'type not constructed correctly: DigestState';

function load(heap: Heap, at: Address, digest: Digest): DigestState {
  if (heap.word(at + algorithmAt) === 0) return newState(digest);
  if (algorithms[heap.word(at + algorithmAt) - 1] !== digest) throw new DisError(eBadDigest);
  const state = newState(digest);
  state.h.set(heap.i32.subarray((at + wordsAt) >> 2, (at + bufferAt) >> 2));
  state.buffer.set(heap.u8.subarray(at + bufferAt, at + size));
  // The program may have written there: the digest may be wrong then, but no more.
  state.used = (heap.word(at + usedAt) >>> 0) % digest.blockSize;
  const length = heap.real(at + lengthAt);
  state.length = Number.isSafeInteger(length) && length >= 0 ? length : 0;
  return state;
}

function store(heap: Heap, at: Address, digest: Digest, state: DigestState): void {
  heap.setWord(at + algorithmAt, algorithms.indexOf(digest) + 1);
  heap.setWord(at + usedAt, state.used);
  heap.setReal(at + lengthAt, state.length);
  heap.i32.set(state.h, (at + wordsAt) >> 2);
  heap.u8.set(state.buffer, at + bufferAt);
}

/** The state argument at `offset`, or a new one: a new reference, which is the result. */
function stateFor(call: Call, offset: number): Address {
  const { heap } = call;
  const pointer = call.pointer(offset);
  if (pointer === 0) return heap.newObject(typeState);
  if (heap.typeOf(pointer) !== typeState) throw new DisError(eBadType);
  return heap.retain(pointer);
}

/** Raises an exception unless `n` can be a number of bytes at 32: nil goes only with 0. */
function checkInput(call: Call, n: number): void {
  if (n < 0 || (call.pointer(32) === 0 && n !== 0)) throw new DisError(eInvalid);
}

/** Where the digest goes, at `offset`; undefined when it is not asked for. */
function checkOutput(call: Call, offset: number, digest: Digest): void {
  if (call.pointer(offset) !== 0 && call.bytes(offset).length < digest.size) throw new DisError(eBadDigest);
}

function reset(heap: Heap, at: Address): void {
  heap.u8.fill(0, at, at + size);
}

/** Bytes that are worked on before somebody may look at the clock. */
const stepBytes = 16_384;

function* updateSteps(call: Call, digest: Digest, state: DigestState, n: number): Generator<void, void> {
  // The array may be shorter than n says.
  for (let from = 0; from < n; from += stepBytes) {
    const data = call.bytes(32).subarray(from, Math.min(n, from + stepBytes));
    if (data.length === 0) return;
    update(digest, state, data);
    yield;
  }
}

/** fn(buf, n, digest, state): more data, and the digest when it is asked for. */
const digestFunction =
  (digest: Digest) =>
  (call: Call): Awaitable<void> => {
    const { heap } = call;
    call.returnPointer(0);
    const n = call.word(36);
    checkInput(call, n);
    checkOutput(call, 40, digest);
    const at = stateFor(call, 44);
    call.returnPointer(at);
    const state = load(heap, at, digest);
    return then(
      slowly(updateSteps(call, digest, state, n), () => call.signal),
      () => {
        if (call.pointer(40) === 0) store(heap, at, digest, state);
        else {
          call.bytes(40).set(finish(digest, state));
          reset(heap, at);
        }
      },
    );
  };

function then(done: Awaitable<void>, next: () => void): Awaitable<void> {
  return done instanceof Promise ? done.then(next) : next();
}

const blockSize = 64;

function padded(key: Uint8Array, mask: number): Uint8Array {
  return Uint8Array.from({ length: blockSize }, (_, i) => (key[i] ?? 0) ^ mask);
}

/** fn(data, n, key, digest, state), RFC 2104; keys are of 64 bytes at most. */
const hmacFunction =
  (digest: Digest) =>
  (call: Call): Awaitable<void> => {
    const { heap } = call;
    call.returnPointer(0);
    const n = call.word(36);
    checkInput(call, n);
    const key = call.bytes(40).slice();
    if (call.pointer(40) === 0 || key.length > blockSize) throw new DisError(eBadKey);
    checkOutput(call, 44, digest);
    const at = stateFor(call, 48);
    call.returnPointer(at);
    const state = load(heap, at, digest);
    if (heap.word(at + keyedAt) === 0) update(digest, state, padded(key, 0x36));
    return then(
      slowly(updateSteps(call, digest, state, n), () => call.signal),
      () => {
        if (call.pointer(44) === 0) {
          store(heap, at, digest, state);
          heap.setWord(at + keyedAt, 1);
        } else {
          call.bytes(44).set(digestOf(digest, padded(key, 0x5c), finish(digest, state)));
          reset(heap, at);
        }
      },
    );
  };

export const digestFunctions: Functions = {
  md4: digestFunction(md4),
  md5: digestFunction(md5),
  sha1: digestFunction(sha1),
  sha224: digestFunction(sha224),
  sha256: digestFunction(sha256),
  sha384: digestFunction(sha384),
  sha512: digestFunction(sha512),
  hmac_md5: hmacFunction(md5),
  hmac_sha1: hmacFunction(sha1),
  'DigestState.copy'(call: Call): void {
    const { heap } = call;
    const from = call.pointer(32);
    call.returnPointer(0);
    if (from === 0) return;
    if (heap.typeOf(from) !== typeState) throw new DisError(eBadType);
    const to = heap.newObject(typeState);
    heap.u8.copyWithin(to, from, from + size);
    call.returnPointer(to);
  },
};
