import type { File } from '../file.ts';
import { callOf, type FsysCall } from './fsys.ts';
import type { OpenFile } from './open-file.ts';

/** Bytes that nobody else will change: a copy is made at once where the file says they may change. */
export async function readOwned(
  file: File,
  offset: number,
  count: number,
  call: FsysCall,
): Promise<Uint8Array> {
  const data = file.read(offset, count, callOf(call));
  if (file.stable) return data;
  return data instanceof Promise ? data.then((d) => new Uint8Array(d)) : new Uint8Array(data);
}

/**
 * Reads `file` from its position up to `end` with `ahead` reads on their way. When one gives less than it was asked for,
 * those behind it are thrown away and it goes on from there.
 */
export async function* readAhead(
  file: OpenFile,
  end: number,
  ahead: number,
  call: FsysCall,
): AsyncGenerator<Uint8Array, void> {
  let next = file.offset;
  let flying: { count: number; data: Promise<Uint8Array> }[] = [];
  const send = (): void => {
    const count = Math.min(file.iounit, end - next);
    const data = readOwned(file.file, next, count, call);
    // Its error is thrown when its turn comes, if it comes.
    data.catch(() => {});
    flying.push({ count, data });
    next += count;
  };
  try {
    for (;;) {
      while (flying.length < ahead && next < end) send();
      const first = flying.shift();
      if (first === undefined) return;
      const data = await first.data;
      if (data.length === 0) return;
      if (data.length < first.count) {
        const at = next - first.count - flying.reduce((n, f) => n + f.count, 0);
        await Promise.allSettled(flying.map((f) => f.data));
        flying = [];
        next = at + data.length;
      }
      yield data;
    }
  } finally {
    await Promise.allSettled(flying.map((f) => f.data));
  }
}
