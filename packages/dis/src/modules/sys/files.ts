import { type Chan, type FdGroup, ignore } from '@llambo/namespace';
import type { Awaitable, Dir } from '@llambo/styx';
import { DisError } from '../../errors.ts';
import type { Call } from '../../vm/builtin.ts';
import { contextOf } from './context.ts';
import { dirSize, getDir, putDir, typeDir } from './dir.ts';
import { by, chanOf, enterChan, fdNumber, holding, newFd, setError, syscall } from './fd.ts';
import { checkPipe } from './pipe-error.ts';

/** How many bytes of `buf` a transfer of `n` is about; undefined when there is nothing to do. */
function extent(call: Call, buf: number, n: number): number | undefined {
  const pointer = call.pointer(buf);
  const count = call.word(n);
  if (pointer === 0 || count < 0) return undefined;
  return Math.min(count, call.heap.arrayLength(pointer));
}

const returnNil = (call: Call) => (): void => call.returnPointer(0);
const returnWord = (call: Call) => (value: number) => call.returnWord(value);
const returnZero = (call: Call) => (): void => call.returnWord(0);

function opened(call: Call, open: () => Awaitable<Chan>): Awaitable<void> {
  call.returnPointer(0);
  return syscall(call, open, (chan) => call.returnPointer(enterChan(call, chan)), returnNil(call));
}

function reading(call: Call, read: (chan: Chan, count: number) => Awaitable<Uint8Array>): Awaitable<void> {
  const count = extent(call, 36, 40);
  if (count === undefined) return call.returnWord(0);
  return syscall(
    call,
    () => {
      const chan = chanOf(call, 32);
      return holding(chan, read(chan, count));
    },
    (data) => {
      call.bytes(36).set(data.subarray(0, count));
      call.returnWord(Math.min(data.length, count));
    },
  );
}

function writing(call: Call, write: (chan: Chan, data: Uint8Array) => Awaitable<number>): Awaitable<void> {
  const count = extent(call, 36, 40);
  if (count === undefined) return call.returnWord(0);
  return syscall(
    call,
    () => {
      const chan = chanOf(call, 32);
      // A copy: the machine's memory may move while the write is under way.
      const data = call.bytes(36).slice(0, count);
      return holding(
        chan,
        checkPipe(() => write(chan, data)),
      );
    },
    returnWord(call),
  );
}

function returnStat(call: Call, stat: () => Awaitable<Dir>): Awaitable<void> {
  const { heap } = call;
  return syscall(call, stat, (dir) => {
    putDir(heap, call.result + 8, dir);
    call.returnWord(0);
  });
}

export const files = {
  open: (call: Call): Awaitable<void> =>
    opened(call, () => contextOf(call).namespace.open(call.string(32), call.word(36), by(call))),

  create: (call: Call): Awaitable<void> =>
    opened(call, () =>
      contextOf(call).namespace.create(call.string(32), call.word(36), call.word(40) >>> 0, by(call)),
    ),

  read: (call: Call): Awaitable<void> => reading(call, (chan, count) => chan.read(count, by(call))),

  pread: (call: Call): Awaitable<void> =>
    reading(call, (chan, count) => chan.pread(Number(call.big(48)), count, by(call))),

  /** Reads until `n` bytes are there or the file ends; an error counts only when it comes first. */
  readn(call: Call): Awaitable<void> {
    const count = extent(call, 36, 40);
    if (count === undefined) return call.returnWord(0);
    let total = 0;
    const more = (chan: Chan): Awaitable<number> => {
      while (total < count) {
        let data: Awaitable<Uint8Array>;
        try {
          data = chan.read(count - total, by(call));
        } catch (error) {
          if (total > 0) return total;
          throw error;
        }
        if (data instanceof Promise) {
          return data.then(
            (d) => (take(d) ? more(chan) : total),
            (error: unknown) => {
              if (total > 0) return total;
              throw error;
            },
          );
        }
        if (!take(data)) break;
      }
      return total;
    };
    const take = (data: Uint8Array): boolean => {
      call.bytes(36).set(data.subarray(0, count - total), total);
      total += data.length;
      return data.length > 0;
    };
    return syscall(
      call,
      () => {
        const chan = chanOf(call, 32);
        return holding(chan, more(chan));
      },
      returnWord(call),
    );
  },

  write: (call: Call): Awaitable<void> => writing(call, (chan, data) => chan.write(data, by(call))),

  pwrite: (call: Call): Awaitable<void> =>
    writing(call, (chan, data) => chan.pwrite(Number(call.big(48)), data, by(call))),

  seek: (call: Call): Awaitable<void> =>
    syscall(
      call,
      () => {
        const chan = chanOf(call, 32);
        return holding(chan, chan.seek(Number(call.big(40)), call.word(48), by(call)));
      },
      (offset) => call.returnBig(BigInt(offset)),
      () => call.returnBig(-1n),
    ),

  fstat: (call: Call): Awaitable<void> =>
    returnStat(call, () => {
      const chan = chanOf(call, 32);
      return holding(chan, chan.stat(by(call)));
    }),

  stat: (call: Call): Awaitable<void> =>
    returnStat(call, () => contextOf(call).namespace.stat(call.string(32), by(call))),

  fwstat: (call: Call): Awaitable<void> =>
    syscall(
      call,
      () => {
        const chan = chanOf(call, 32);
        return holding(chan, chan.wstat(getDir(call.heap, call.frame + 40), by(call)));
      },
      returnZero(call),
    ),

  wstat: (call: Call): Awaitable<void> =>
    syscall(
      call,
      () => contextOf(call).namespace.wstat(call.string(32), getDir(call.heap, call.frame + 40), by(call)),
      returnZero(call),
    ),

  remove: (call: Call): Awaitable<void> =>
    syscall(call, () => contextOf(call).namespace.remove(call.string(32), by(call)), returnZero(call)),

  dirread(call: Call): Awaitable<void> {
    const { heap } = call;
    call.returnWord(-1);
    heap.setPointer(call.result + 4, 0);
    return syscall(
      call,
      () => {
        const chan = chanOf(call, 32);
        return holding(chan, chan.dirread(by(call)));
      },
      (dirs) => {
        if (dirs.length > 0) {
          const array = heap.newArray(typeDir, dirs.length);
          // The result owns the array from here on: should memory run out, it goes with the frame.
          heap.setPointer(call.result + 4, array);
          dirs.forEach((dir, i) => {
            putDir(heap, heap.arrayData(array) + i * dirSize, dir);
          });
        }
        call.returnWord(dirs.length);
      },
    );
  },

  fd2path: (call: Call): Awaitable<void> => {
    call.returnPointer(0);
    return syscall(
      call,
      () => chanOf(call, 32).path,
      (path) => call.returnString(path),
      returnNil(call),
    );
  },

  fildes(call: Call): Awaitable<void> {
    call.returnPointer(0);
    const { fds } = contextOf(call);
    return syscall(
      call,
      () => fds.dup(call.word(32)),
      (fd) => {
        try {
          call.returnPointer(newFd(call, fd));
        } catch (error) {
          fds.close(fd);
          throw error;
        }
      },
      returnNil(call),
    );
  },

  dup: (call: Call): Awaitable<void> =>
    syscall(call, () => contextOf(call).fds.dup(call.word(32), call.word(36)), returnWord(call)),

  /** A descriptor that is not open is an exception here, as in the original. */
  iounit(call: Call): void {
    try {
      call.returnWord(chanOf(call, 32).iounit);
    } catch (error) {
      throw new DisError((error as Error).message);
    }
  },

  pipe(call: Call): Awaitable<void> {
    const { heap } = call;
    const array = call.pointer(32);
    if (array === 0 || heap.arrayLength(array) < 2) return call.returnWord(-1);
    return syscall(
      call,
      () => contextOf(call).namespace.pipe(by(call)),
      (ends) => {
        const at = heap.arrayData(array);
        heap.setPointer(at, 0);
        heap.setPointer(at + 4, 0);
        heap.setPointer(at, enterChan(call, ends[0]));
        heap.setPointer(at + 4, enterChan(call, ends[1]));
        call.returnWord(0);
      },
    );
  },

  /** Copies from one file to another through a buffer of `bufsiz` bytes, and gives the bytes copied; errors end it. */
  stream(call: Call): Awaitable<void> {
    const size = Math.min(Math.max(call.word(40), 0), maxStream);
    const { fds } = contextOf(call);
    const source = openChan(fds, fdNumber(call, 32));
    const sink = openChan(fds, fdNumber(call, 36));
    return syscall(
      call,
      async () => {
        try {
          return await copy(call, source, sink, size);
        } finally {
          for (const chan of [source, sink]) if (chan) ignore(() => chan.close());
        }
      },
      returnWord(call),
    );
  },
};

function openChan(fds: FdGroup, fd: number): Chan | undefined {
  return fds.has(fd) ? fds.get(fd).dup() : undefined;
}

/** Largest buffer of `stream`. */
const maxStream = 1 << 20;

async function copy(
  call: Call,
  source: Chan | undefined,
  sink: Chan | undefined,
  size: number,
): Promise<number> {
  const buffer = new Uint8Array(size);
  const read = async (count: number): Promise<Uint8Array> => {
    try {
      return (await source?.read(count, by(call))) ?? buffer.subarray(0, 0);
    } catch (error) {
      setError(call, error);
      return buffer.subarray(0, 0);
    }
  };
  const write = async (data: Uint8Array): Promise<boolean> => {
    try {
      return sink !== undefined && (await checkPipe(() => sink.write(data, by(call)))) === data.length;
    } catch (error) {
      if (error instanceof DisError) throw error;
      setError(call, error);
      return false;
    }
  };
  let filled = 0;
  let total = 0;
  while (!call.signal.aborted) {
    const data = await read(size - filled);
    if (data.length === 0) break;
    buffer.set(data, filled);
    filled += data.length;
    if (filled < size) continue;
    if (!(await write(buffer.slice()))) return total;
    total += filled;
    filled = 0;
  }
  // The rest counts, written or not.
  if (filled > 0) await write(buffer.slice(0, filled));
  return total + filled;
}
