#!/usr/bin/env node
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { compile } from '../compile.ts';
import { render } from '../diagnostics/render.ts';
import { defaultInclude, parseArguments, usage } from './options.ts';

/** limbo(1): compiles the named files. */

function read(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** `path` with another end: that of the last element, for output here. */
function replaceEnd(path: string, from: string, to: string): string {
  return (path.endsWith(from) ? path.slice(0, -from.length) : path) + to;
}

/** The path to record: absolute, from the root of the Inferno tree when the file is in it. */
function sourcePath(file: string): string {
  const path = resolve(file);
  const root = process.env['ROOT'];
  if (root !== undefined && root !== '' && isAbsolute(root)) {
    const base = resolve(root);
    if (path.startsWith(`${base}/`)) return path.slice(base.length);
  }
  return path;
}

function main(argv: readonly string[]): number {
  const options = parseArguments(argv);
  if (typeof options === 'string') {
    process.stderr.write(`${options === '' ? '' : `limbo: ${options}\n`}${usage}\n`);
    return 1;
  }
  let failed = false;
  for (const file of options.files) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const end = options.assembler ? '.s' : '.dis';
    const output = options.output ?? replaceEnd(name, '.b', end);
    const symbols = replaceEnd(output, options.output === undefined ? end : '.dis', '.sbl');
    const result = compile(file, read, {
      include: [...options.include, ...defaultInclude(process.env)],
      warnings: options.warnings,
      symbols: options.symbols,
      assembler: options.assembler,
      maxErrors: options.maxErrors,
      noInline: options.noInline,
      mustCompile: options.mustCompile,
      dontCompile: options.dontCompile,
      sourcePath: sourcePath(file),
    });
    for (const d of result.diagnostics) process.stderr.write(`${render(d)}\n`);
    if (result.dis === undefined) {
      failed = true;
      // What an earlier run left would pass for this one's.
      for (const stale of [output, symbols]) rmSync(stale, { force: true });
      continue;
    }
    try {
      writeFileSync(output, options.assembler ? (result.asm ?? '') : result.dis);
      if (result.sbl !== undefined) writeFileSync(symbols, result.sbl);
    } catch (e) {
      process.stderr.write(`limbo: cannot write ${output}: ${(e as Error).message}\n`);
      failed = true;
    }
  }
  return failed ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
