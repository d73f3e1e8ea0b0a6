/** A program to the model: compiled when it is source, run beside a node, its input and output here. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Call, type File, proveToken, uninterrupted } from '@llambo/styx';
import { connect } from '@llambo/styx/node';
import { parseBytes } from '../../config/units.ts';
import { LlamboError } from '../../errors.ts';
import { homeFolder } from '../../home.ts';
import type { RunningProgram } from '../../host/program.ts';
import { remoteRun } from '../../host/remote-run.ts';
import { findAddress, isDialString } from '../client/connect.ts';
import { noCluster, UsageError } from '../errors.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { readRunning } from '../state.ts';

const DEFAULT_MEMORY = 32 << 20;
const DEFAULT_SECONDS = 60;
const READ = 8192;

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const [program = '', ...args] = parsed.words;
  const dis = await objectOf(program);
  const client = await connect(styxAddress(parsed.text('addr')));
  try {
    const token = process.env['LLAMBO_TOKEN'];
    const root = await client.attach({
      uname: process.env['USER'] || 'operator',
      ...(token === undefined ? {} : { auth: proveToken(token) }),
    });
    const running = await remoteRun(
      root,
      {
        worker: parsed.text('worker'),
        class: parsed.text('class'),
        memory: memoryOf(parsed.text('memory')),
        seconds: parsed.number('time') ?? DEFAULT_SECONDS,
        args: [basename(program), ...args],
        tenant: undefined,
        mounts: parsed.texts('mount').map(mountOf),
      },
      dis,
    );
    return await follow(running, basename(program));
  } finally {
    client.close();
  }
}

/** The bytes of an object file, or of what a source compiles to. */
async function objectOf(path: string): Promise<Uint8Array> {
  if (path.endsWith('.b')) {
    const { compileFile } = await import('../../host/library.ts');
    return compileFile(path);
  }
  if (!path.endsWith('.dis')) throw new UsageError(`${path} is no program`, 'a program ends in .b or .dis');
  try {
    return readFileSync(path);
  } catch (error) {
    throw new LlamboError('bad-request', `cannot read ${path}: ${(error as Error).message}`);
  }
}

function styxAddress(given: string | undefined): string {
  const address = given || process.env['LLAMBO_ADDR'];
  if (address && isDialString(address)) return address;
  if (given)
    throw new UsageError(`--addr ${given}: programs go by Styx`, 'give a dial string: tcp!host!5640');
  findAddress(undefined);
  const styx = readRunning()?.styx ?? `unix!${join(homeFolder('state'), 'llambo.sock')}`;
  if (styx === undefined) throw noCluster();
  return styx;
}

function memoryOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_MEMORY;
  const bytes = parseBytes(text);
  if (bytes === undefined) throw new UsageError(`--memory ${text} is not a size`, 'such as 32MB');
  return bytes;
}

/** `tcp!host!port=/n/other` */
function mountOf(text: string): { address: string; place: string; aname: string } {
  const at = text.lastIndexOf('=');
  if (at <= 0 || text[at + 1] !== '/') throw new UsageError(`--mount ${text}`, 'expected ADDRESS=/PLACE');
  return { address: text.slice(0, at), place: text.slice(at + 1), aname: '' };
}

/** Until its end; its exit status. */
async function follow(program: RunningProgram, name: string): Promise<number> {
  const interrupt = (): void => program.kill('interrupted');
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  void feed(program);
  const [why] = await Promise.all([
    program.ended,
    drain((call) => program.stdout(READ, call), process.stdout),
    drain((call) => program.stderr(READ, call), process.stderr),
  ]);
  if (why === '') return EXIT.ok;
  process.stderr.write(`${name}: ${why}\n`);
  return why === 'interrupted' ? EXIT.interrupted : EXIT.failure;
}

async function feed(program: RunningProgram): Promise<void> {
  try {
    for await (const chunk of process.stdin) {
      const data = chunk as Uint8Array;
      for (let at = 0; at < data.length; at += READ) {
        await program.write(data.subarray(at, at + READ), uninterrupted);
      }
    }
    await program.endInput();
  } catch {
    // It ended before it had read all of it.
  } finally {
    process.stdin.destroy();
  }
}

async function drain(
  read: (call: Call) => ReturnType<File['read']>,
  to: NodeJS.WritableStream,
): Promise<void> {
  try {
    for (;;) {
      const data = await read(uninterrupted);
      if (data.length === 0) return;
      if (!to.write(data)) await new Promise((resolve) => to.once('drain', resolve));
    }
  } catch {
    // Its end says why.
  }
}
