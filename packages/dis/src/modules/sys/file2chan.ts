import type { FileIO, Served } from '@llambo/namespace';
import { type Awaitable, type Call as FileCall, StyxError } from '@llambo/styx';
import { type Address, type Call, defineType, type Heap, type Machine } from '../../vm/builtin.ts';
import { contextOf } from './context.ts';
import { by, syscall } from './fd.ts';

/** The FileIO adt, sys-file2chan(2): two channels, of requests that carry the channel for their answer. */
const typeFileIO = defineType(8, 'c0');
/** (offset, count, fid, Rread) and (offset, data, fid, Rwrite). */
const typeRead = defineType(16, '10');
const typeWrite = defineType(16, '50');
/** (data, error) and (count, error). */
const typeRread = defineType(8, 'c0');
const typeRwrite = defineType(8, '40');

/** Requests that wait in each channel; more clients wait outside. */
const queued = 16;

/** The machine's heap, as it tells of the death of channels. */
interface ChannelHeap extends Heap {
  onChannelFree: (channel: Address) => void;
}

/** Told when a channel dies: requests must not be sent to what took its place in memory. */
class Watchers {
  private readonly byChannel = new Map<Address, () => void>();

  constructor(heap: ChannelHeap) {
    const next = heap.onChannelFree;
    heap.onChannelFree = (channel) => {
      const died = this.byChannel.get(channel);
      if (died !== undefined) {
        this.byChannel.delete(channel);
        died();
      }
      next(channel);
    };
  }

  watch(channel: Address, died: () => void): void {
    this.byChannel.set(channel, died);
  }
}

const watchersKey = Symbol('file2chan');

/** Serves a file by sending what its clients ask for to a program. */
class ChannelFile implements FileIO {
  private readonly machine: Machine;
  /** 0 when the program has dropped the channel. */
  private readChannel: Address;
  private writeChannel: Address;
  served: Served | undefined = undefined;
  /** Notices of closed files that wait. */
  private closing = 0;

  constructor(machine: Machine, read: Address, write: Address) {
    this.machine = machine;
    this.readChannel = read;
    this.writeChannel = write;
    const { heap } = machine;
    const watchers = machine.state(watchersKey, () => new Watchers(heap as ChannelHeap));
    watchers.watch(read, () => {
      this.readChannel = 0;
      this.dropped();
    });
    watchers.watch(write, () => {
      this.writeChannel = 0;
      this.dropped();
    });
  }

  /** The file goes when nobody can answer any more. */
  private dropped(): void {
    if (this.readChannel === 0 && this.writeChannel === 0) this.served?.hangup();
  }

  read({ offset, count, fid, call }: Parameters<FileIO['read']>[0]): Promise<Uint8Array> {
    return this.ask(
      this.readChannel,
      typeRread,
      call,
      (heap, at, answer) => {
        heap.setWord(at, offset);
        heap.setWord(at + 4, count);
        heap.setWord(at + 8, fid);
        heap.setPointer(at + 12, answer);
      },
      (heap, at) => heap.bytes(heap.pointer(at)).slice(0, count),
    );
  }

  write({ offset, data: lent, fid, call }: Parameters<FileIO['write']>[0]): Promise<number> {
    const data = lent.slice();
    return this.ask(
      this.writeChannel,
      typeRwrite,
      call,
      (heap, at, answer) => {
        heap.setWord(at, offset);
        heap.setWord(at + 8, fid);
        heap.setPointer(at + 12, answer);
        heap.setPointer(at + 4, heap.newBytes(data));
      },
      (heap, at) => Math.max(0, heap.word(at)),
    );
  }

  /** Sends a request with a new channel, and waits there for the answer, whose error is thrown. */
  private ask<T>(
    channel: Address,
    answerType: number,
    call: FileCall,
    fill: (heap: Heap, at: Address, answer: Address) => void,
    take: (heap: Heap, at: Address) => T,
  ): Promise<T> {
    const { machine } = this;
    const { heap } = machine;
    return new Promise((resolve, reject) => {
      if (channel === 0) throw new StyxError(hungup);
      const answer = heap.newChannel(answerType, 1);
      let error = hungup;
      let value: T | undefined;
      const received = (done: boolean): void => {
        heap.release(answer);
        if (!done || error !== '') reject(new StyxError(error));
        else resolve(value as T);
      };
      const sent = (done: boolean): void => {
        if (!done) return received(false);
        const receiving = machine.receive(
          answer,
          (at) => {
            error = heap.string(heap.pointer(at + 4));
            value = take(heap, at);
          },
          call,
        );
        if (receiving instanceof Promise) void receiving.then(received);
        else received(receiving);
      };
      let sending: Awaitable<boolean>;
      try {
        sending = machine.send(channel, (at) => fill(heap, at, heap.retain(answer)), call);
      } catch (thrown) {
        heap.release(answer);
        throw thrown;
      }
      if (sending instanceof Promise) void sending.then(sent, reject);
      else sent(sending);
    });
  }

  /**
   * A client has closed the file: both channels get a request with a nil answer channel, behind those that wait. A program
   * that does not read one of them misses what is past a bound.
   */
  close(fid: number): void {
    const { machine } = this;
    for (const channel of [this.readChannel, this.writeChannel]) {
      if (channel === 0) continue;
      const fill = (at: Address): void => machine.heap.setWord(at + 8, fid);
      if (machine.canSend(channel)) void machine.send(channel, fill);
      else if (this.closing < mostClosing) {
        this.closing++;
        void Promise.resolve(machine.send(channel, fill)).then(() => this.closing--);
      }
    }
  }
}

/** Notices of closed files that wait for room in a channel. */
const mostClosing = 256;

const hungup = 'i/o on hungup channel';

export const file2chan = {
  file2chan(call: Call): Awaitable<void> {
    const { heap, machine } = call;
    call.returnPointer(0);
    return syscall(
      call,
      () => {
        const io = heap.newObject(typeFileIO);
        // The result holds it until the file is there; then it is the program's.
        call.returnPointer(io);
        const read = heap.newChannel(typeRead, queued);
        heap.setPointer(io, read);
        const write = heap.newChannel(typeWrite, queued);
        heap.setPointer(io + 4, write);
        const file = new ChannelFile(machine, read, write);
        const making = contextOf(call).namespace.file2chan(call.string(32), call.string(36), file, by(call));
        const made = (served: Served): void => {
          file.served = served;
        };
        return making instanceof Promise ? making.then(made) : made(making);
      },
      () => {},
      () => call.returnPointer(0),
    );
  },
};
