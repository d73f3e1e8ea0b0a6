import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { assemble, verify, write } from '../object/index.ts';
import { eachFile, type Output, terminal } from './object-file.ts';

export const asmUsage = 'usage: dis asm [-o FILE.dis] [-n] FILE.s ...';

/**
 * `dis asm [-o FILE.dis] [-n] FILE.s ...`: assembles each file to a .dis file of its name in the current folder (or to
 * `-o`, of one file; `-o -` is standard output). The result is verified, unless -n says not to. The exit status.
 */
export function asm(args: readonly string[], io: Output = terminal): number {
  const paths: string[] = [];
  let output: string | undefined;
  let isVerified = true;
  for (let n = 0; n < args.length; n++) {
    const arg = args[n]!;
    if (arg === '-o') output = args[++n];
    else if (arg === '-n') isVerified = false;
    else if (arg.startsWith('-') && arg !== '-') paths.length = 0;
    else paths.push(arg);
  }
  if (paths.length === 0 || (output !== undefined && paths.length > 1)) {
    io.err(`${asmUsage}\n`);
    return 2;
  }
  return eachFile('dis asm', paths, io, (path) => {
    const file = assemble(readFileSync(path === '-' ? 0 : path, 'utf8'));
    if (isVerified) verify(file);
    const bytes = write(file);
    if (output === '-') io.out(bytes);
    else writeFileSync(output ?? `${basename(path).replace(/\.s$/, '')}.dis`, bytes);
  });
}
