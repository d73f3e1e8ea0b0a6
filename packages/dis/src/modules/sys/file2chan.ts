import type { FileIO, Served } from '@llambo/namespace';
import { type Awaitable, StyxError } from '@llambo/styx';
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

  read(request: Parameters<FileIO['read']>[0]): Promise<Uint8Array> {
    const { offset, count, fid, signal } = request;
    let data: Uint8Array = new Uint8Array();
    return this.ask(
      this.readChannel,
      typeRread,
      signal,
      (heap, at, answer) => {
        heap.setWord(at, offset);
        heap.setWord(at + 4, count);
        heap.setWord(at + 8, fid);
        heap.setPointer(at + 12, answer);
      },
      (heap, at) => {
        data = heap.bytes(heap.pointer(at)).slice(0, count);
      },
    ).then(() => data);
  }

  write(request: Parameters<FileIO['write']>[0]): Promise<number> {
    const { offset, fid, signal } = request;
    const data = request.data.slice();
    let count = 0;
    return this.ask(
      this.writeChannel,
      typeRwrite,
      signal,
      (heap, at, answer) => {
        heap.setWord(at, offset);
        heap.setWord(at + 8, fid);
        heap.setPointer(at + 12, answer);
        heap.setPointer(at + 4, heap.newBytes(data));
      },
      (heap, at) => {
        count = Math.max(0, heap.word(at));
      },
    ).then(() => count);
  }

  /** Sends a request with a new channel, and waits there for the answer, whose error is thrown. */
  private async ask(
    channel: Address,
    answerType: number,
    signal: AbortSignal,
    fill: (heap: Heap, at: Address, answer: Address) => void,
    take: (heap: Heap, at: Address) => void,
  ): Promise<void> {
    const { machine } = this;
    const { heap } = machine;
    if (channel === 0) throw new StyxError(hungup);
    const answer = heap.newChannel(answerType, 1);
    try {
      const sent = await machine.send(channel, (at) => fill(heap, at, heap.retain(answer)), signal);
      if (!sent) throw new StyxError(hungup);
      let error = '';
      const received = await machine.receive(
        answer,
        (at) => {
          error = heap.string(heap.pointer(at + 4));
          take(heap, at);
        },
        signal,
      );
      if (!received) throw new StyxError(hungup);
      if (error !== '') throw new StyxError(error);
    } finally {
      heap.release(answer);
    }
  }

  /** A client has closed the file: both channels get a request with a nil answer channel, if there is room. */
  close(fid: number): void {
    const { machine } = this;
    for (const channel of [this.readChannel, this.writeChannel]) {
      if (channel === 0 || !machine.canSend(channel)) continue;
      void machine.send(channel, (at) => machine.heap.setWord(at + 8, fid));
    }
  }
}

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
