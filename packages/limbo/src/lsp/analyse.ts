import { Node } from '../ast/node.ts';
import { checkProgram } from '../check/module.ts';
import { install, pushScope } from '../check/scope.ts';
import { compile, type Reader } from '../compile.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { program } from '../parser/declarations.ts';
import { Parser } from '../parser/parser.ts';
import { decodeUtf8, SourceFile } from '../source/source.ts';
import { Decl, Store, Type, tbig, tbyte, tint, treal, tstring } from '../types/type.ts';
import { Unit } from '../unit.ts';

/** What an editor asks about: the text, its names that were resolved, and all declarations that were met. */
export interface Analysis {
  readonly unit: Unit;
  readonly file: SourceFile;
  readonly diagnostics: readonly Diagnostic[];
  readonly names: readonly Named[];
  /** Declarations by name, in the order in which they were met. */
  readonly declared: ReadonlyMap<string, readonly Decl[]>;
}

/** A span of the text, in UTF-16 units, that stands for a declaration or at least has a type. */
export interface Named {
  readonly start: number;
  readonly stop: number;
  readonly node: Node;
}

/**
 * Checks the program at `path` and keeps what was found out. The diagnostics are those of `compile`; a program with
 * errors is analysed as far as it goes.
 */
export function analyse(path: string, read: Reader, include: readonly string[]): Analysis {
  const { diagnostics } = compile(path, read, { include, warnings: 1, checkOnly: true, maxErrors: 100 });
  const content = read(path) ?? '';
  const file = new SourceFile(path, typeof content === 'string' ? content : decodeUtf8(content));
  const unit = new Unit(file, { maxErrors: 1000, warnings: 0, symbols: false, noInline: true });
  const found = new Finder(unit, file);
  try {
    openScopes(unit);
    const tree = program(parserOf(unit, path, read, include));
    found.root = tree;
    checkProgram(unit, tree);
  } catch {
    // Too many errors, or a tree that the checker gives up on: its messages are in `diagnostics` already.
  }
  found.walk();
  return { unit, file, diagnostics, names: found.names, declared: found.declared };
}

function openScopes(u: Unit): void {
  for (const [name, t] of Object.entries({
    int: tint,
    big: tbig,
    byte: tbyte,
    string: tstring,
    real: treal,
  })) {
    const d = new Decl(-1, -1, Store.Undef, u.sym(name), t);
    t.decl = d;
    install(u, Store.Type, [d]);
  }
  pushScope(u, null);
  install(u, Store.Global, [u.nil, u.emptyString]);
  pushScope(u, null);
}

function parserOf(u: Unit, path: string, read: Reader, include: readonly string[]): Parser {
  const own = path.slice(0, path.lastIndexOf('/') + 1);
  return new Parser(u, (p, name) => {
    const places = name.startsWith('/') ? [name] : [own + name, ...include.map((dir) => `${dir}/${name}`)];
    for (const place of places) {
      const text = read(place);
      if (text === undefined) continue;
      p.lexer.include(new SourceFile(place, typeof text === 'string' ? text : decodeUtf8(text)));
      return;
    }
  });
}

/** Walks everything that hangs on the syntax tree: names with their places, declarations with theirs. */
class Finder {
  readonly names: Named[] = [];
  readonly declared: Map<string, Decl[]> = new Map();
  root: unknown;
  readonly #unit: Unit;
  readonly #file: SourceFile;
  readonly #seen = new Set<object>();

  constructor(unit: Unit, file: SourceFile) {
    this.#unit = unit;
    this.#file = file;
  }

  walk(): void {
    const todo: unknown[] = [this.root];
    while (todo.length > 0) {
      const x = todo.pop();
      if (typeof x !== 'object' || x === null || this.#seen.has(x)) continue;
      this.#seen.add(x);
      if (x instanceof Map || x instanceof Set) continue;
      if (x instanceof Decl) this.#declaration(x);
      else if (x instanceof Node) this.#name(x);
      // Later ones first off the stack, so the values go on in reverse.
      const values = Array.isArray(x)
        ? x
        : x instanceof Type
          ? [x.ids, x.tags, x.tof, x.decl]
          : Object.values(x);
      for (let i = values.length - 1; i >= 0; i--) todo.push(values[i]);
    }
    for (const list of this.declared.values()) list.sort((a, b) => a.start - b.start);
  }

  #declaration(d: Decl): void {
    const name = d.sym?.name;
    if (name === undefined || d.start < 0) return;
    const list = this.declared.get(name);
    if (list === undefined) this.declared.set(name, [d]);
    else list.push(d);
  }

  #name(n: Node): void {
    if (n.start < 0 || n.stop <= n.start) return;
    const segment = this.#unit.map.segmentAt(n.start);
    if (segment.file !== this.#file) return;
    this.names.push({ start: n.start - segment.shift, stop: n.stop - segment.shift, node: n });
  }
}
