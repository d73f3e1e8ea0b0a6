import type { FileServer } from '@llambo/styx';
import { dir, FileNode, type Handle, type StaticDir } from '@llambo/styx/fs';
import { serveDevice } from './device.ts';
import { HIGHWATER, Queue } from './queue.ts';

/** Bytes that one read or write moves unsplit. */
const IOUNIT = 32 * 1024;

/**
 * `#|`: every attach makes a pipe, a directory with the ends `data` and `data1`, pipe(3). What is written to one is read
 * from the other; the last close of one end is end of file for the other.
 */
export function pipeDevice(highwater?: number): FileServer {
  return highwater === undefined ? (usual ??= make(HIGHWATER)) : make(highwater);
}

/** All that it has is its attaches, so one serves every name space. */
let usual: FileServer | undefined;

function make(highwater: number): FileServer {
  return serveDevice('|', dir(), { name: () => '.', root: ({ uname }) => pipeDir(uname, highwater) });
}

function pipeDir(user: string, highwater: number): StaticDir {
  const queues = [new Queue(highwater), new Queue(highwater)] as const;
  const opens = [0, 0];
  const end = (side: 0 | 1): FileNode => {
    const other = (1 - side) as 0 | 1;
    const open = (): Handle => {
      opens[side] = (opens[side] as number) + 1;
      return {
        iounit: IOUNIT,
        read: (_offset, count, call) => queues[side].read(count, call),
        write: (_offset, data, call) => queues[other].write(data, call),
        close() {
          opens[side] = (opens[side] as number) - 1;
          if (opens[side] === 0) {
            queues[other].hangup();
            queues[side].close();
          }
          if (opens[0] === 0 && opens[1] === 0) for (const queue of queues) queue.reopen();
        },
      };
    };
    const meta = { uid: user, gid: user, stat: () => ({ length: BigInt(queues[side].length) }) };
    return new FileNode(open, meta, 0o660);
  };
  return dir({ data: end(0), data1: end(1) }, { uid: user, gid: user });
}
