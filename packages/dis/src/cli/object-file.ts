import { readFileSync } from 'node:fs';

/** Where a command writes: `out` is its result, `err` what it has to say. The terminal's streams, or a test's. */
export interface Output {
  out(text: string | Uint8Array): void;
  err(text: string): void;
}

export const terminal: Output = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** The bytes of a file of the host; `-` is standard input. */
export function readInput(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path === '-' ? 0 : path));
}

/** Runs `work` on each path. Errors are told with the path, and the rest goes on. 0, or 1 if any failed. */
export function eachFile(
  command: string,
  paths: readonly string[],
  io: Output,
  work: (path: string) => void,
): number {
  let status = 0;
  for (const path of paths) {
    try {
      work(path);
    } catch (e) {
      io.err(`${command}: ${path}: ${(e as Error).message}\n`);
      status = 1;
    }
  }
  return status;
}
