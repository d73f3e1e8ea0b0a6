import { dump as dumpText, read } from '../object/index.ts';
import { eachFile, type Output, readInput, terminal } from './object-file.ts';

export const dumpUsage = 'usage: dis dump FILE.dis ...';

/** `dis dump FILE.dis ...`: prints assembler that `dis asm` reads back. The exit status. */
export function dump(args: readonly string[], io: Output = terminal): number {
  if (args.length === 0 || args[0]!.startsWith('--')) {
    io.err(`${dumpUsage}\n`);
    return 2;
  }
  return eachFile('dis dump', args, io, (path) => {
    const text = dumpText(read(readInput(path)));
    io.out(args.length > 1 ? `# ${path}\n${text}` : text);
  });
}
