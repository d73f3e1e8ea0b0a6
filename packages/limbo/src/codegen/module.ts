import { initialise } from '../check/declarations.ts';
import { checkReferences, resolveShared } from '../check/module.ts';
import { popScope } from '../check/scope.ts';
import { refuseRecursion } from '../optimise/inline.ts';
import { isPrivate, markModuleData, narrowInterfaces, sortByName } from '../types/classes.ts';
import { placeVariables, variablesDesc } from '../types/layout.ts';
import { cloneDecl, type Decl, type Desc, Kind, Store, takesSpace } from '../types/type.ts';
import type { Unit } from '../unit.ts';
import { compileFunction, usedVariables } from './function.ts';
import { startCode } from './generate.ts';
import type { Inst } from './instruction.ts';
import { simplify } from './lower.ts';
import { resolve } from './resolve.ts';

/** A compiled module, before it is written. */
export interface CompiledModule {
  readonly module: Decl;
  readonly entry: Decl | null;
  /** First instruction; all are linked, markers among them. */
  readonly first: Inst;
  readonly instructions: number;
  readonly dataSize: number;
  readonly descriptors: readonly Desc[];
  readonly globals: readonly Decl[];
  /** Modules that are loaded, with their import tables. */
  readonly imports: readonly Decl[];
  readonly functions: readonly Decl[];
  readonly stackExtent: number;
}

/** Compiles a checked program. Null after errors. */
export function compileModule(u: Unit, entry: Decl | null): CompiledModule | null {
  startCode(u);
  const { code } = u;
  for (const d of u.functions) if (d.inline === 1) refuseRecursion(d);
  const functions: Decl[] = [];
  for (const d of u.functions) {
    // One reference is the definition itself.
    if (d.refs <= 1 || (d.inline === 1 && isPrivate(d) && d.iface === null)) continue;
    functions.push(d);
    compileFunction(u, d);
  }
  const first = code.first.next;
  if (u.failed) return null;
  const all = popScope(u);
  checkReferences(u, all);
  if (u.failed) return null;
  let globals = usedVariables(all);
  markModuleData(u);
  popScope(u);
  // nil and the empty string are one word.
  const nils = [u.nil, u.emptyString];
  const used = nils.find((d) => d.refs !== 0);
  const nil = used === undefined ? null : cloneDecl(used);
  globals = sortByName(nil === null ? globals : [nil, ...globals]);
  const main = u.implemented[0]!;
  placeVariables(main.ty.ids, 0, 1);
  globals = [...main.ty.ids.filter((d) => d.store === Store.Global).map(cloneDecl), ...globals];
  for (const d of globals) initialise(u, d);
  for (const d of globals) if (d.init !== null) d.init = simplify(u, d.init);
  if (u.failed) return null;
  narrowInterfaces(u);
  const imports = globals.filter((d) => d.ty.kind === Kind.Iface);
  globals = globals.filter((d) => d.ty.kind !== Kind.Iface);
  const dataSize = placeVariables(globals, 0, 4);
  let index = 0;
  for (const d of imports) if (takesSpace[d.store] === 1) d.offset = index++;
  if (nil !== null) for (const d of nils) d.offset = nil.offset;
  const layout = variablesDesc(u, dataSize, globals);
  layout.used = false;
  u.descriptors = [layout, ...u.descriptors.filter((d) => d.used)];
  u.descriptors.forEach((d, i) => {
    d.id = i;
  });
  const instructions = resolve(first);
  resolveShared(u);
  if (u.implemented.length > 1) for (const m of u.implemented) linkModule(m);
  linkModule(u.module);
  return {
    module: u.module,
    entry,
    first: first!,
    instructions,
    dataSize,
    descriptors: u.descriptors,
    globals,
    imports,
    functions,
    stackExtent: code.maxStack * 10,
  };
}

/** Tells the interface of a module where its functions are. */
function linkModule(m: Decl): void {
  const link = (d: Decl): void => {
    if (d.iface === null) return;
    d.iface.pc = d.pc;
    d.iface.desc = d.desc;
  };
  for (const d of m.ty.ids) {
    if (d.store === Store.Fn) link(d);
    else if (d.store === Store.Type && d.ty.kind === Kind.Adt) {
      for (const f of d.ty.ids) if (f.store === Store.Fn) link(f);
    }
  }
  for (const d of m.ty.tof!.ids) {
    if (d.store !== Store.Fn) continue;
    d.pc ??= d.iface?.pc ?? null;
    d.desc ??= d.iface?.desc ?? null;
  }
}
