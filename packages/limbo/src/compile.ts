import { write } from '@llambo/dis/object';
import { checkProgram } from './check/module.ts';
import { install, pushScope } from './check/scope.ts';
import { compileModule } from './codegen/module.ts';
import { type Diagnostic, TooManyErrors } from './diagnostics/diagnostic.ts';
import { assembler } from './emit/asm.ts';
import { objectFile } from './emit/object.ts';
import { symbolFile } from './emit/sbl.ts';
import * as E from './errors.ts';
import { program } from './parser/declarations.ts';
import { Parser, SyntaxFault } from './parser/parser.ts';
import { decodeUtf8, SourceFile } from './source/source.ts';
import { Decl, Store, type Type, tbig, tbyte, tint, treal, tstring } from './types/type.ts';
import { InternalError, Scope, Unit } from './unit.ts';

/** Text or bytes of a file, by its path; undefined when there is none. */
export type Reader = (path: string) => string | Uint8Array | undefined;

export interface CompileOptions {
  /** Directories where include files are sought, after the one of the program. */
  readonly include?: readonly string[];
  /** 1: warnings for what is unused in functions and the like; 2: for unused globals, too. Default 0. */
  readonly warnings?: number;
  /** Makes a symbol file. */
  readonly symbols?: boolean;
  /** Makes assembler text. */
  readonly assembler?: boolean;
  /** Errors after which a compilation stops. Default 20. */
  readonly maxErrors?: number;
  /** Functions are not put in line. */
  readonly noInline?: boolean;
  /** The object file must, or must not, be compiled further when it is loaded. */
  readonly mustCompile?: boolean;
  readonly dontCompile?: boolean;
  /** The path that is recorded in the object file. Default: the path of the program. */
  readonly sourcePath?: string;
  /** Stops after checking: no code is made. */
  readonly checkOnly?: boolean;
}

export interface Compiled {
  /** The object file; absent after errors. */
  readonly dis?: Uint8Array;
  /** The symbol file, sbl(6), when asked for. */
  readonly sbl?: string;
  /** Assembler, asm(1), when asked for. */
  readonly asm?: string;
  readonly diagnostics: readonly Diagnostic[];
}

function asFile(name: string, content: string | Uint8Array): SourceFile {
  return new SourceFile(name, typeof content === 'string' ? content : decodeUtf8(content));
}

/** An error about a file as a whole. */
function ofFile(file: string, message: string): Diagnostic {
  return {
    severity: 'error',
    message,
    file,
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
    source: '',
    notes: [],
  };
}

/** Installs the scopes around the module: the types of the language, then nil. */
function openScopes(u: Unit): void {
  const basic: [string, Type][] = [
    ['int', tint],
    ['big', tbig],
    ['byte', tbyte],
    ['string', tstring],
    ['real', treal],
  ];
  for (const [name, t] of basic) {
    const d = new Decl(-1, -1, Store.Undef, u.sym(name), t);
    t.decl = d;
    install(u, Store.Type, [d]);
  }
  pushScope(u, null);
  install(u, Store.Global, [u.nil, u.emptyString]);
  pushScope(u, null);
  if (u.scope !== Scope.Global) throw new InternalError('scopes do not nest');
}

/** Where an include file may be. */
function* candidates(name: string, program: string, include: readonly string[]): Generator<string> {
  if (name.startsWith('/')) {
    yield name;
    return;
  }
  yield program.slice(0, program.lastIndexOf('/') + 1) + name;
  for (const dir of include) yield `${dir}/${name}`;
}

function prepare(path: string, content: string | Uint8Array, options: CompileOptions): Unit {
  const u = new Unit(asFile(path, content), {
    maxErrors: options.maxErrors ?? 20,
    warnings: options.warnings ?? 0,
    symbols: options.symbols ?? false,
    noInline: options.noInline ?? false,
  });
  openScopes(u);
  return u;
}

function parserOf(u: Unit, path: string, read: Reader, options: CompileOptions): Parser {
  return new Parser(u, (p, name) => {
    for (const candidate of candidates(name, path, options.include ?? [])) {
      const text = read(candidate);
      if (text === undefined) continue;
      if (!p.lexer.include(asFile(candidate, text))) {
        u.error(p.lexer, E.includeDepth);
        throw new SyntaxFault(E.includeDepth);
      }
      return;
    }
    u.error(p.lexer, E.cannotInclude(name));
  });
}

/**
 * Compiles the Limbo program at `path`, which `read` finds like the files that it includes. Never throws for what a
 * program contains: what is wrong with it is in `diagnostics`.
 */
export function compile(path: string, read: Reader, options: CompileOptions = {}): Compiled {
  const content = read(path);
  if (content === undefined) {
    return { diagnostics: [ofFile(path, E.cannotOpen(path))] };
  }
  const u = prepare(path, content, options);
  try {
    const tree = program(parserOf(u, path, read, options));
    if (u.failed) return { diagnostics: u.diagnostics.list };
    const entry = checkProgram(u, tree);
    if (u.failed || options.checkOnly) return { diagnostics: u.diagnostics.list };
    const m = compileModule(u, entry);
    if (m === null || u.failed) return { diagnostics: u.diagnostics.list };
    const object = objectFile(u, m, {
      mustCompile: options.mustCompile ?? false,
      dontCompile: options.dontCompile ?? false,
      sourcePath: options.sourcePath ?? path,
    });
    return {
      dis: write(object),
      ...(options.assembler ? { asm: assembler(u, m, options.sourcePath ?? path) } : {}),
      ...(options.symbols ? { sbl: symbolFile(u, m) } : {}),
      diagnostics: u.diagnostics.list,
    };
  } catch (e) {
    if (e instanceof TooManyErrors) return { diagnostics: u.diagnostics.list };
    // A tree that is too deep for the stack, or a defect of ours: a message too, never a crash of the caller.
    const message = e instanceof RangeError ? E.tooComplex : E.defect((e as Error).message);
    return { diagnostics: [...u.diagnostics.list, ofFile(path, message)] };
  }
}
