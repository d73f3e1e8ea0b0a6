import { read, verify as verifyObject } from '../object/index.ts';
import { eachFile, type Output, readInput, terminal } from './object-file.ts';

export const verifyUsage = 'usage: dis verify FILE.dis ...';

/** `dis verify FILE.dis ...`: says of each file whether it can run. Exit status 1 when one cannot. */
export function verify(args: readonly string[], io: Output = terminal): number {
  if (args.length === 0 || args[0]!.startsWith('--')) {
    io.err(`${verifyUsage}\n`);
    return 2;
  }
  return eachFile('dis verify', args, io, (path) => {
    const file = read(readInput(path));
    const { functions } = verifyObject(file);
    const counts = `${file.code.length} instructions, ${functions.length} functions, ${file.dataSize} bytes of data`;
    io.out(`${path}: ${file.name}: ok, ${counts}\n`);
  });
}
