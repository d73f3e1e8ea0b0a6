import { type BigIntStats, close, fstatSync, fsync, read as readFd, write as writeFd } from 'node:fs';
import type { Awaitable } from '../file.ts';
import { hostDo, hostError } from './host-errors.ts';

const nothing = new Uint8Array(0);

/** A file descriptor that is closed when the last read or write on it has ended. */
export class HostFd {
  readonly #fd: number;
  #busy = 0;
  #closed: (() => void) | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  stats(): BigIntStats {
    return hostDo(() => fstatSync(this.#fd, { bigint: true }));
  }

  read(offset: number, count: number): Awaitable<Uint8Array> {
    const size = Number(this.stats().size);
    // A file of length 0 may be one that does not know it, as in /proc.
    const most = size === 0 ? Math.min(count, 65536) : Math.min(count, size - offset);
    if (most <= 0) return nothing;
    const bytes = Buffer.allocUnsafeSlow(most);
    return this.#run((done) => readFd(this.#fd, bytes, 0, most, offset, done)).then((n) =>
      bytes.subarray(0, n),
    );
  }

  write(offset: number, data: Uint8Array): Awaitable<number> {
    if (data.length === 0) return 0;
    return this.#run((done) => writeFd(this.#fd, data, 0, data.length, offset, done));
  }

  sync(): Promise<void> {
    return this.#run((done) => fsync(this.#fd, (error) => done(error, 0))).then(() => {});
  }

  #run(start: (done: (error: Error | null, n: number) => void) => void): Promise<number> {
    this.#busy++;
    return new Promise((resolve, reject) => {
      start((error, n) => {
        if (--this.#busy === 0) this.#closed?.();
        if (error) reject(hostError(error));
        else resolve(n);
      });
    });
  }

  close(): Awaitable<void> {
    if (this.#busy === 0) {
      close(this.#fd, () => {});
      return;
    }
    return new Promise((resolve) => {
      this.#closed = () => {
        close(this.#fd, () => {});
        resolve();
      };
    });
  }
}
