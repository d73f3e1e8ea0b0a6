import type { Node } from './ast/node.ts';
import { mkConst } from './ast/node.ts';
import type { Block, LabelName } from './ast/statement.ts';
import type { ModuleCode } from './codegen/instruction.ts';
import { Diagnostics } from './diagnostics/diagnostic.ts';
import { Lexer } from './lexer/lexer.ts';
import { type SourceFile, SourceMap } from './source/source.ts';
import { Recursion } from './types/recursion.ts';
import type { Desc, Equivalence, Sym } from './types/type.ts';
import { clearBuiltins, Decl, Kind, noDecls, Store, Type, tany, tint, tstring } from './types/type.ts';

/** Scopes: the language's own names, nil and the empty string, the module; functions and blocks nest above. */
export const Scope = { Builtin: 0, Nils: 1, Global: 2 } as const;

/** What one compilation knows and has done so far; all passes work on it. */
export class Unit {
  readonly map: SourceMap = new SourceMap();
  readonly diagnostics: Diagnostics;
  readonly lexer: Lexer;
  /** Types are recorded for a symbol file. */
  readonly symbols: boolean;
  readonly noInline: boolean;

  /** Declarations of each open scope, in order. */
  readonly scopes: Decl[][] = [[]];
  /** The block of each open scope, when it is one; other scopes hold parameters, members, a pick variable. */
  readonly scopeBlocks: (Block | null)[] = [null];
  scope = 0;

  /** Modules that are implemented: names, and their declarations once seen. */
  implement: Decl[] = [];
  readonly implemented: Decl[] = [];
  /** The one, or the union of several. */
  module!: Decl;

  readonly nil: Decl;
  readonly emptyString: Decl;
  readonly iota: Decl;
  self: Decl | null = null;
  /** Layout of a function reference: module, index. */
  readonly tfnptr: Type;

  readonly functions: Decl[] = [];
  /** Locals of the function being checked, of the scopes that are closed. */
  locals: Decl[] = [];
  checking: Decl | null = null;
  /** The exception identifier of the innermost handler. */
  exception: Node | null = null;
  readonly labels: { kind: string; label: LabelName | null }[] = [];
  /** The block that clears what is declared on the left of a :=. */
  readonly declaredIn: Map<Node, Block> = new Map();
  /** Inside the brackets of a polymorphic instance, where `ref adt` with tags is allowed. */
  inTypeList = false;

  /** Numbers of made-up names. */
  readonly serial = { exception: 0, alt: 0, temporary: 0, table: 0 };
  readonly equivalents: Equivalence[][] = Array.from({ length: 32 }, () => []);
  readonly recursion: Recursion = new Recursion();
  /** Number of equivalences met while making a signature. */
  signed = 0;
  /** Sorted by size, then length and contents of the map. */
  descriptors: Desc[] = [];
  /** Types for the symbol file, in the order of their first use. */
  readonly adts: Decl[] = [];
  readonly strings: Map<string, Decl> = new Map();
  code!: ModuleCode;

  constructor(
    file: SourceFile,
    options: { maxErrors: number; warnings: number; symbols: boolean; noInline: boolean },
  ) {
    clearBuiltins();
    this.diagnostics = new Diagnostics(this.map, options.maxErrors, options.warnings);
    this.lexer = new Lexer(this.map, this.diagnostics, file);
    this.symbols = options.symbols;
    this.noInline = options.noInline;
    this.nil = new Decl(-1, -1, Store.Global, this.sym('nil'), tany);
    this.emptyString = new Decl(-1, -1, Store.Global, this.sym(''), tstring);
    this.iota = new Decl(-1, -1, Store.Undef, this.sym('iota'), tint);
    this.iota.init = mkConst(-1, -1, 0);
    this.tfnptr = new Type(Kind.Tuple, -1, -1, null, noDecls);
    const half = (name: string, ty: Type, offset: number): Decl => {
      const d = new Decl(-1, -1, Store.Field, this.sym(name), ty);
      d.offset = offset;
      return d;
    };
    this.tfnptr.ids = [half('t0', tany, 0), half('t1', tint, 4)];
  }

  sym(name: string): Sym {
    return this.lexer.enter(name);
  }

  /** What else is declared, with pointers, in the block of a declared variable before it. */
  companions = (n: Node): readonly Node[] => {
    const block = this.declaredIn.get(n);
    if (block === undefined) return [];
    return block.zero.slice(block.zero.indexOf(n) + 1).filter((item): item is Node => !Array.isArray(item));
  };

  get failed(): boolean {
    return this.diagnostics.errors > 0;
  }

  error(at: { readonly start: number; readonly stop: number }, message: string, hint?: string): void {
    this.diagnostics.error(at.start, at.stop, message, { hint });
  }

  warn(at: { readonly start: number; readonly stop: number }, message: string): void {
    this.diagnostics.warn(at.start, at.stop, message);
  }

  /** Whether a name is one of the implemented modules. */
  isImplemented(s: Sym | null): boolean {
    for (const d of this.implement) if (d.sym === s) return true;
    return false;
  }
}

/** The compiler contradicts itself: a defect of ours, never of the program. */
export class InternalError extends Error {
  override readonly name = 'InternalError';
}
