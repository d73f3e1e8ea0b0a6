import type { Chan } from '@llambo/namespace';
import { type Awaitable, StyxError } from '@llambo/styx';
import { boundsFault } from '../../errors.ts';
import type { Call } from '../../vm/builtin.ts';
import type { Functions } from '../module.ts';
import { by, chanOf, holding, setError, syscall } from '../sys/fd.ts';

// Messages on a delimited connection start with a byte 0, or 255 for an error. Those of getmsg and sendmsg, for
// connections that are not, start with four digits of their length and a newline; an error with ! and three.

const most = 4096;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const eFormat = 'input or format error';
const eHungup = 'hungup';

function write(call: Call, chan: Chan, data: Uint8Array): Awaitable<number> {
  return holding(chan, chan.write(data, by(call)));
}

/** Writes one message with its mark; the bytes that were written, mark included. */
function put(call: Call, mark: 0 | 255, data: Uint8Array): Awaitable<void> {
  const text = data.subarray(0, most - 1);
  return syscall(
    call,
    () => write(call, chanOf(call, 32), Uint8Array.of(mark, ...text)),
    (n) => call.returnWord(n),
  );
}

const putText =
  (mark: 0 | 255) =>
  (call: Call): Awaitable<void> => {
    if (call.pointer(32) === 0 || call.pointer(36) === 0) return call.returnWord(-1);
    return put(call, mark, encoder.encode(call.string(36)));
  };

/** Reads one message: (value, error) at 0 and 4 of the result. */
const get =
  (give: (call: Call, data: Uint8Array) => number) =>
  (call: Call): Awaitable<void> => {
    const { heap } = call;
    heap.setPointer(call.result, 0);
    heap.setPointer(call.result + 4, 0);
    if (call.pointer(32) === 0) return;
    const failed = (text: string): void => heap.setPointer(call.result + 4, heap.newString(text));
    return syscall(
      call,
      () => {
        const chan = chanOf(call, 32);
        return holding(chan, chan.read(most, by(call)));
      },
      (data) => {
        if (data.length === 0) failed(eHungup);
        else if (data[0] === 0) heap.setPointer(call.result, give(call, data.slice(1)));
        // A wrong password garbles what devssl decrypts.
        else if (data[0] !== 255) failed('failure');
        else failed(data.length > 1 ? decoder.decode(data.subarray(1, 64)) : 'unknown');
      },
      () => failed(eHungup),
    );
  };

async function readn(call: Call, chan: Chan, n: number): Promise<Uint8Array> {
  const out = new Uint8Array(n);
  for (let at = 0; at < n; ) {
    const data = await chan.read(n - at, by(call));
    if (data.length === 0) throw new StyxError(at === 0 ? eHungup : eFormat);
    out.set(data, at);
    at += data.length;
  }
  return out;
}

async function send(call: Call, chan: Chan, head: string, data: Uint8Array): Promise<number> {
  await chan.write(encoder.encode(head), by(call));
  return await chan.write(data, by(call));
}

export const messages: Functions = {
  putstring: putText(0),
  puterror: putText(255),
  putbytearray(call: Call): Awaitable<void> {
    if (call.pointer(32) === 0 || call.pointer(36) === 0) return call.returnWord(-1);
    const n = call.word(40);
    const data = call.bytes(36);
    if (n < 0 || n > data.length) throw boundsFault;
    return put(call, 0, data.slice(0, n));
  },
  getstring: get((call, data) => call.heap.newString(decoder.decode(data))),
  getbytearray: get((call, data) => call.heap.newBytes(data)),

  sendmsg(call: Call): Awaitable<void> {
    const n = call.word(40);
    if (call.pointer(32) === 0 || call.pointer(36) === 0 || n < 0) return call.returnWord(-1);
    const data = call.bytes(36);
    if (n > data.length) throw boundsFault;
    const bytes = data.slice(0, n);
    return syscall(
      call,
      () => {
        const chan = chanOf(call, 32);
        return holding(chan, send(call, chan, `${String(n).padStart(4, '0')}\n`, bytes));
      },
      (written) => call.returnWord(written),
    );
  },
  senderrmsg(call: Call): Awaitable<void> {
    if (call.pointer(32) === 0) return call.returnWord(-1);
    const data = encoder.encode(call.string(36));
    return syscall(
      call,
      () => {
        const chan = chanOf(call, 32);
        return holding(chan, send(call, chan, `!${String(data.length).padStart(3, '0')}\n`, data));
      },
      (n) => call.returnWord(n > 0 ? 0 : -1),
    );
  },
  getmsg(call: Call): Awaitable<void> {
    call.returnPointer(0);
    if (call.pointer(32) === 0) {
      setError(call, 'nil fd');
      return;
    }
    const read = async (chan: Chan): Promise<Uint8Array> => {
      const head = decoder.decode(await readn(call, chan, 5));
      const isError = head.startsWith('!');
      // What is no number counts as 0, as in the original.
      const length = Number.parseInt(head.slice(isError ? 1 : 0), 10) || 0;
      if (!(length >= 0 && length < most)) throw new StyxError(eFormat);
      const data = await readn(call, chan, length);
      if (isError) throw new StyxError(decoder.decode(data));
      return data;
    };
    return syscall(
      call,
      () => {
        const chan = chanOf(call, 32);
        return holding(chan, read(chan));
      },
      (data) => call.returnPointer(call.heap.newBytes(data)),
      () => call.returnPointer(0),
    );
  },
};
