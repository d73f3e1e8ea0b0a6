/** Name space files, namespace(6). */
import type { Awaitable, FileServer } from '@llambo/styx';
import { StyxError } from '@llambo/styx';
import { tokenize } from '@llambo/styx/fs';
import { type Caller, nobody } from './caller.ts';
import { MAFTER, MBEFORE, MCACHE, MCREATE } from './constants.ts';
import { Enodial, Etoodeep } from './errors.ts';
import type { Namespace } from './namespace.ts';
import { isPromise, run, type Steps } from './steps.ts';

export interface NsFileOptions {
  /** Connects to the server of a `mount` line: a dial string, or a file of the name space. Without it mounts fail. */
  readonly dial?: (address: string, by: Caller) => Awaitable<FileServer>;
  /** Values of `$name`; the caller's environment, else nothing, when left out. */
  readonly env?: (name: string) => string | undefined;
  readonly by?: Caller;
}

/** Files that include files that include files, at most. */
const MAXDEPTH = 10;

/**
 * Runs the lines of a name space file, or of what `toString` of a name space printed: bind, mount, unmount, cd, fork, new,
 * nodev and `.`. Gives the name space that results, which is `ns` itself unless a line is `fork` or `new`. Fails at the
 * first line that does, with its number, and leaves what the lines before it did.
 */
export function buildNamespace(
  ns: Namespace,
  text: string,
  options: NsFileOptions = {},
): Awaitable<Namespace> {
  return run(runLines(ns, text, options, 0));
}

function* runLines(ns: Namespace, text: string, options: NsFileOptions, depth: number): Steps<Namespace> {
  const by = options.by ?? nobody;
  const env = options.env ?? ((name: string) => by.env?.get(name));
  for (const [i, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    let verb = '';
    try {
      const words = tokenize(line).map((word) => expand(word, env));
      verb = words[0] as string;
      ns = yield* runLine(ns, verb, words.slice(1), options, depth);
    } catch (error) {
      if (!(error instanceof StyxError)) throw error;
      throw new StyxError(`line ${i + 1}: ${verb}: ${error.message}`, { cause: error });
    }
  }
  return ns;
}

function* runLine(
  ns: Namespace,
  verb: string,
  words: string[],
  options: NsFileOptions,
  depth: number,
): Steps<Namespace> {
  const by = options.by ?? nobody;
  const { flags, ignore, args } = parseArgs(verb, words);
  try {
    switch (verb) {
      case 'bind':
        yield* settle(ns.bind(args[0] as string, args[1] as string, flags, by));
        break;
      case 'mount': {
        const [address, on, aname] = args as [string, string, string | undefined];
        if (options.dial === undefined) throw new StyxError(Enodial);
        const server: FileServer = yield* settle(options.dial(address, by));
        yield* settle(ns.mount(server, on, flags, { aname, source: address }, by));
        break;
      }
      case 'unmount': {
        const on = args[args.length - 1] as string;
        yield* settle(ns.unmount(args.length > 1 ? args[0] : undefined, on, by));
        break;
      }
      case 'cd':
        yield* settle(ns.chdir(args[0] as string, by));
        break;
      case 'fork':
        return ns.fork();
      case 'new':
        return ns.rooted();
      case 'nodev':
        ns.forbidDevices();
        break;
      case '.': {
        if (depth >= MAXDEPTH) throw new StyxError(Etoodeep);
        const bytes: Uint8Array = yield* settle(ns.readFile(args[0] as string, by));
        return yield* runLines(ns, new TextDecoder().decode(bytes), options, depth + 1);
      }
    }
  } catch (error) {
    if (!ignore || by.signal.aborted) throw error;
  }
  return ns;
}

function* settle<T>(value: Awaitable<T>): Steps<T> {
  return isPromise(value) ? yield value : value;
}

interface Syntax {
  /** Options without a value, and those with one. */
  readonly flags: string;
  readonly values: string;
  readonly min: number;
  readonly max: number;
  readonly usage: string;
}

/** The options of mount that choose authentication are taken and left to `dial`. */
const SYNTAX: Readonly<Record<string, Syntax>> = {
  bind: { flags: 'abciC', values: '', min: 2, max: 2, usage: 'bind [-abci] old new' },
  mount: { flags: 'abci9A', values: 'kC', min: 2, max: 3, usage: 'mount [-abci] address dir [spec]' },
  unmount: { flags: 'i', values: '', min: 1, max: 2, usage: 'unmount [-i] [name] from' },
  cd: { flags: '', values: '', min: 1, max: 1, usage: 'cd directory' },
  fork: { flags: '', values: '', min: 0, max: 0, usage: 'fork' },
  new: { flags: '', values: '', min: 0, max: 0, usage: 'new' },
  nodev: { flags: '', values: '', min: 0, max: 0, usage: 'nodev' },
  '.': { flags: '', values: '', min: 1, max: 1, usage: '. file' },
};

function parseArgs(verb: string, words: string[]): { flags: number; ignore: boolean; args: string[] } {
  const syntax = Object.hasOwn(SYNTAX, verb) ? SYNTAX[verb] : undefined;
  if (syntax === undefined) {
    throw new StyxError(`unknown operation: expected ${Object.keys(SYNTAX).join(', ')}`);
  }
  let flags = 0;
  let ignore = false;
  let at = 0;
  for (; at < words.length && /^-./.test(words[at] as string); at++) {
    for (const letter of (words[at] as string).slice(1)) {
      if (syntax.values.includes(letter)) at++;
      else if (!syntax.flags.includes(letter)) throw new StyxError(`usage: ${syntax.usage}`);
      if (letter === 'a') flags |= MAFTER;
      if (letter === 'b') flags |= MBEFORE;
      if (letter === 'c') flags |= MCREATE;
      if (letter === 'C' && verb === 'bind') flags |= MCACHE;
      if (letter === 'i') ignore = true;
    }
  }
  const args = words.slice(at);
  if (args.length < syntax.min || args.length > syntax.max) throw new StyxError(`usage: ${syntax.usage}`);
  return { flags, ignore, args };
}

/** `$name` in a word; the name goes up to white space, `/`, `.` or `$`. */
function expand(word: string, env: (name: string) => string | undefined): string {
  return word.replace(/\$([^\s/.$]+)/g, (_, name: string) => env(name) ?? '');
}
