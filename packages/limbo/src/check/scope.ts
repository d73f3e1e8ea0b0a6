import type { Block, ZeroItem } from '../ast/statement.ts';
import { suggest } from '../diagnostics/suggest.ts';
import * as E from '../errors.ts';
import type { Sym } from '../types/type.ts';
import { Decl, Store, tnone } from '../types/type.ts';
import { Scope, type Unit } from '../unit.ts';

export function pushScope(u: Unit, block: Block | null): void {
  u.scope++;
  u.scopes[u.scope] = [];
  u.scopeBlocks[u.scope] = block;
}

/**
 * Closes a scope: names mean again what they meant outside. Uses of imported names count for the member, and types
 * that were imported forget the module to call their methods in.
 */
export function popScope(u: Unit): Decl[] {
  const list = u.scopes[u.scope]!;
  u.scope--;
  for (const d of list) {
    if (d.sym !== null) {
      d.sym.decl = d.old;
      d.old = null;
    }
    if (d.importid !== null) d.importid.refs += d.refs;
    if (d.store === Store.Type && d.ty.decl !== null && d.ty.decl.timport === d)
      d.ty.decl.timport = d.timport;
    if (d.store === Store.Local && d.link !== null) d.link.tref = 0;
  }
  return list;
}

export function redeclared(u: Unit, d: Decl): void {
  const old = d.sym!.decl!;
  if (old.store === Store.Wundef) return;
  u.diagnostics.error(d.start, d.stop, E.redeclaration(d), { note: [E.declaredHere(old), old.start] });
}

/** Puts declarations in force in the innermost scope. */
export function install(u: Unit, store: number, ids: readonly Decl[]): void {
  const list = u.scopes[u.scope]!;
  for (const d of ids) {
    d.scope = u.scope;
    if (d.store === Store.Undef) d.store = store;
    const s = d.sym;
    if (s !== null) {
      const now = s.decl;
      if (now !== null && now.scope >= u.scope) {
        redeclared(u, d);
        d.old = now.old;
      } else d.old = now;
      s.decl = d;
    }
    list.push(d);
  }
}

/** Opens a scope in which `ids` mean again what they were declared as; they stay out of its list. */
export function reopen(u: Unit, ids: readonly Decl[]): void {
  pushScope(u, null);
  for (const d of ids) {
    const s = d.sym;
    if (s === null || d.store === Store.Tag) continue;
    const now = s.decl;
    d.old = now !== null && now.scope >= u.scope ? now.old : now;
    s.decl = d;
  }
}

/** Closes what `reopen` opened. What was installed meanwhile. */
export function closeAgain(u: Unit, ids: readonly Decl[]): Decl[] {
  for (const d of ids) {
    if (d.sym === null || d.store === Store.Tag) continue;
    d.sym.decl = d.old;
    d.old = null;
  }
  return popScope(u);
}

/** The innermost declaration that was installed under a name. */
export function lookup(u: Unit, s: Sym): Decl | null {
  for (let i = u.scope; i >= Scope.Builtin; i--) {
    for (const d of u.scopes[i]!) if (d.sym === s) return d;
  }
  return null;
}

/** Whether the innermost scope is inside a block of a function, whose pointers are cleared at its end. */
export function inBlock(u: Unit): boolean {
  for (let i = u.scope; i > 0; i--) if (u.scopeBlocks[i] !== null) return true;
  return false;
}

/** Remembers that the pointers of a declaration are cleared at the end of the block. */
export function clearAtEnd(u: Unit, item: ZeroItem): void {
  const block = u.scopeBlocks[u.scope];
  if (block === null || block === undefined) return;
  block.zero.unshift(item);
  if (!Array.isArray(item)) u.declaredIn.set(item, block);
}

/** Names that are in force. */
export function* visibleNames(u: Unit): Generator<string> {
  for (const s of u.lexer.symbols.values())
    if (s.decl !== null && s.decl.store !== Store.Wundef) yield s.name;
}

/** Declares a name that is not, so that it is complained about once. */
export function undeclared(u: Unit, at: { start: number; stop: number }, s: Sym): Decl {
  const d = new Decl(at.start, at.stop, Store.Undef, s, tnone);
  u.error(at, E.notDeclared(s.name), suggest(s.name, visibleNames(u)));
  install(u, Store.Wundef, [d]);
  return d;
}
