/**
 * The engine process: one model, served as files on a unix socket. Says `ready` on standard output when it listens, llama.cpp's
 * warnings and why it could not start on standard error. Ends when standard input does, for then its owner is gone.
 */
import { rmSync } from 'node:fs';
import { EchoEngine, type Engine, LocalEngine } from '@llambo/llama';
import { type Serving, serveOn } from '@llambo/styx/node';
import { formatError } from '../wire/errors.ts';
import { type EngineProcessOptions, parseOptions } from './options.ts';
import { engineServer } from './server.ts';

let engine: Engine | undefined;
let serving: Serving | undefined;
let ending = false;

async function load(options: EngineProcessOptions): Promise<Engine> {
  if (options.kind === 'echo') return new EchoEngine(options);
  const log = (text: string): void => void process.stderr.write(`${text.trimEnd()}\n`);
  return LocalEngine.load({ ...options, path: options.path as string, log });
}

async function start(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  engine = await load(options);
  if (ending) return;
  // A socket that an engine left behind when it was killed.
  rmSync(options.socket, { force: true });
  serving = await serveOn(`unix!${options.socket}`, engineServer(engine));
  process.title = `llambo-engine ${engine.info.name}`;
  process.stdout.write('ready\n');
}

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  await serving?.close(0);
  await engine?.close();
  process.exit(0);
}

// Who started it may be gone by the time something is said.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.stdin.on('error', () => void end());
process.stdin.on('end', () => void end());
process.stdin.resume();
process.on('SIGTERM', () => void end());
// A signal to the process group (Ctrl-C) is the owner's to act on.
process.on('SIGINT', () => {});
start().catch((error) => {
  process.stderr.write(`${formatError(error)}\n`, () => process.exit(1));
});
