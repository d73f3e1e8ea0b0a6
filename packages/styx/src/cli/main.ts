#!/usr/bin/env node
/** The `9p` command: see 9p(1). */
import { runFiles } from './files.ts';
import { type Options, parseOptions, UsageError, usage } from './options.ts';
import { runServe } from './serve.ts';
import { runTrace } from './trace.ts';

async function main(): Promise<number> {
  let o: Options | undefined;
  try {
    o = parseOptions(process.argv.slice(2));
  } catch (e) {
    process.stderr.write(`9p: ${(e as Error).message}\n`);
    return 2;
  }
  if (o === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  try {
    if (o.command === 'serve') await runServe(o);
    else if (o.command === 'trace') await runTrace(o);
    else if (!(await runFiles(o))) throw new UsageError(`no command ${o.command}`);
    return 0;
  } catch (e) {
    process.stderr.write(`9p: ${(e as Error).message}\n`);
    if (!(e instanceof UsageError)) return 1;
    process.stderr.write(usage);
    return 2;
  }
}

process.exitCode = await main();
