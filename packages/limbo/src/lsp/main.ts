#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { defaultInclude } from '../cli/options.ts';
import { Deframer, frame } from './protocol.ts';
import { LanguageServer } from './server.ts';

/** limbo-lsp [-I dir]...: a language server on standard input and output. */

const include: string[] = [];
for (let i = 2; i < process.argv.length; i++) {
  const arg = process.argv[i]!;
  if (arg.startsWith('-I')) include.push(arg.length > 2 ? arg.slice(2) : (process.argv[++i] ?? '.'));
  else if (arg !== '--stdio') {
    process.stderr.write('usage: limbo-lsp [--stdio] [-I dir]...\n');
    process.exit(2);
  }
}

const server = new LanguageServer({
  include: [...include, ...defaultInclude(process.env)],
  read: (path) => {
    try {
      return readFileSync(path);
    } catch {
      return undefined;
    }
  },
  send: (message) => process.stdout.write(frame(message)),
});
const input = new Deframer();
process.stdin.on('data', (bytes: Uint8Array) => {
  try {
    for (const message of input.push(bytes)) if (!server.handle(message)) process.exit(0);
  } catch (error) {
    process.stderr.write(`limbo-lsp: ${(error as Error).message}\n`);
    process.exit(1);
  }
});
process.stdin.on('end', () => process.exit(0));
