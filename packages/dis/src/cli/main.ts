#!/usr/bin/env node
/** The `dis` command: see dis(1). Commands are loaded when they are wanted: a program should start at once. */

const usage = `usage: dis run [-r ROOT] [-w] [-C DIR] [-m MEMORY] FILE [ARG ...]
       dis dump FILE ...
       dis asm [-o OUT] [-n] FILE ...
       dis verify FILE ...
`;

async function main(): Promise<number> {
  const [command, ...args] = process.argv.slice(2);
  switch (command) {
    case 'run':
      return (await import('./run.ts')).run(args);
    case 'dump':
      return (await import('./dump.ts')).dump(args);
    case 'asm':
      return (await import('./asm.ts')).asm(args);
    case 'verify':
      return (await import('./verify.ts')).verify(args);
    default:
      process.stderr.write(usage);
      return 2;
  }
}

process.exit(await main());
