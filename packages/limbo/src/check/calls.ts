import { mk, mkDeclName, Node, NodeFlag } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import * as E from '../errors.ts';
import { fold } from '../optimise/fold.ts';
import { hasEffect } from '../optimise/trees.ts';
import { markModules, moduleOf } from '../types/classes.ts';
import {
  boundTo,
  callType,
  enclosingVariables,
  expand,
  functionOf,
  isPolyFunction,
  unify,
} from '../types/poly.ts';
import { nodeText, typedText, typeText } from '../types/print.ts';
import { compatible, sameType } from '../types/relations.ts';
import { useType } from '../types/resolve.ts';
import {
  type Binding,
  cloneDecl,
  cloneType,
  Decl,
  Kind,
  nameOf,
  noDecls,
  Store,
  Type,
  TypeFlag,
  tany,
  tint,
  tstring,
} from '../types/type.ts';
import type { Unit } from '../unit.ts';
import {
  Allok,
  Bad,
  checkExpression,
  checkList,
  importedFrom,
  isAllOk,
  isFunctionRef,
  isTypeName,
  Ok,
  tupleFields,
} from './expression.ts';
import { checkFormat } from './format.ts';

/** Checks a call, whose function part has been checked. */
export function checkCall(u: Unit, n: Node, given: number, global: boolean): number {
  let r = given;
  const left = n.left!;
  const kids = checkList(u, n.list, 0, global);
  const reference = left.ty.kind === Kind.Ref;
  const t = reference ? left.ty.tof! : left.ty;
  if (t.kind === Kind.Error) return Bad;
  if (t.kind !== Kind.Fn) return checkConstructor(u, n, isAllOk(kids), r);
  n.ty = t.tof!;
  if (!isAllOk(kids)) return r & ~Allok;

  let module: Node | null = null;
  let callee: Decl | null = null;
  let owned: Decl | null = null;
  let adt: Type | null = null;
  const fail = (at: Node, message: string): number => {
    u.error(at, message);
    return r & ~Allok;
  };
  if (left.op === Op.Dot) {
    callee = left.right!.decl;
    owned = callee!.dot;
    passSelf(u, n, left);
    adt = left.left!.ty.kind === Kind.Ref ? left.left!.ty.tof! : left.left!.ty;
    module = importedFrom(adt);
    // Kept where the code generator finds it: the import may be out of scope by then.
    left.right!.left = module;
  } else if (left.op === Op.Mdot) {
    if (left.right!.op === Op.Dot) {
      callee = left.right!.right!.decl;
      passSelf(u, n, left.right!);
      const of = left.right!.left!.ty;
      adt = of.kind === Kind.Ref ? of.tof! : of;
    } else callee = left.right!.decl;
    module = left.left;
  } else if (left.op === Op.Name) {
    callee = left.decl;
    owned = callee;
    module = callee!.eimport;
  } else if (!reference) return fail(left, E.notAFunction(nodeText(u, left)));
  if (callee !== null && callee.store !== Store.Fn && !isReferenceVariable(callee)) {
    return fail(left, E.notAFunction(nodeText(u, left)));
  }
  if (module !== null) {
    if (module.ty.kind !== Kind.Module) return fail(left, E.cannotCall(nodeText(u, left)));
    if (isTypeName(module)) return fail(left, E.interfaceOnly(nodeText(u, left), nodeText(u, module)));
    markModules(left.ty);
  } else if (owned !== null && owned.dot !== null && !u.isImplemented(owned.dot.sym)) {
    return fail(left, E.importFirst(nodeText(u, left), nameOf(owned)));
  }
  if (callee !== null && callee.store !== Store.Fn) callee = null;
  if (t.varargs) {
    const v = variadicType(u, left, n);
    left.ty = left.ty.kind === Kind.Ref ? useType(u, new Type(Kind.Ref, v.start, v.stop, v, noDecls)) : v;
    return r;
  }
  if (isPolyFunction(callee) || (isFunctionRef(left.ty) && left.ty.tof!.polys.length > 0)) {
    if (!checkCount(u, n, t.ids.length)) return r & ~Allok;
    const bindings = unify(u, n, left.ty, callType(left.ty, n.list!, n.ty));
    if (bindings === null) {
      r = fail(n, E.callMismatch(nodeText(u, left)));
    } else {
      n.ty = useType(u, expand(u, n.ty, null, null, bindings));
      const instance =
        adt !== null &&
        (adt.kind === Kind.Adt || adt.kind === Kind.AdtPick) &&
        (adt.flags & TypeFlag.Instance) !== 0;
      if (isPolyFunction(callee) && instance) callee = originalFunction(u, left, callee!);
      passFunctions(u, n, callee, left, adt, bindings);
    }
    return r;
  }
  return checkArguments(u, n, t.ids) ? r : r & ~Allok;
}

function isReferenceVariable(d: Decl): boolean {
  switch (d.store) {
    case Store.Global:
    case Store.Arg:
    case Store.Local:
    case Store.Field:
    case Store.Import:
      return isFunctionRef(d.ty);
    default:
      return false;
  }
}

/** A method of an instance is the method of the polymorphic adt. */
function originalFunction(u: Unit, n: Node, d: Decl): Decl {
  let f = d;
  while (f.link !== null) f = f.link;
  const right = n.right!;
  if (n.op === Op.Dot) right.decl = f;
  else {
    right.right!.decl = f;
    right.right!.ty = f.ty;
  }
  right.ty = f.ty;
  n.ty = f.ty;
  f.refs++;
  useType(u, f.ty);
  return f;
}

/** Makes the value before the dot the first argument, when the method has self. */
function passSelf(u: Unit, call: Node, fn: Node): void {
  const value = fn.left!;
  const ids = fn.ty.ids;
  if (ids.length === 0 || !ids[0]!.implicit) {
    if (!isFunctionRef(fn.ty) && hasEffect(value, true)) u.warn(fn, E.ignored(nodeText(u, value)));
    return;
  }
  let self = value;
  if (value.op === Op.Name && value.decl!.store === Store.Type) {
    u.error(value, E.selfValue(nodeText(u, value)));
    self = mk(Op.Nothing);
    self.start = fn.start;
    self.stop = fn.stop;
    self.ty = ids[0]!.ty;
  }
  call.list = [self, ...call.list!];
}

/** Whether a call passes `wanted` arguments. */
function checkCount(u: Unit, n: Node, wanted: number): boolean {
  const saw = n.list!.length;
  if (saw === wanted) return true;
  u.error(saw > wanted ? n.list![wanted]! : n, E.argumentCount(nodeText(u, n.left), wanted, saw));
  return false;
}

function checkArguments(u: Unit, n: Node, ids: readonly Decl[]): boolean {
  const args = n.list!;
  for (let i = 0; i < args.length && i < ids.length; i++) {
    const a = args[i]!;
    if (!compatible(u, ids[i]!.ty, a.ty, false)) {
      u.error(a, E.argumentType(i + 1, nodeText(u, n.left), typeText(u, ids[i]!.ty), typedText(u, a)));
      return false;
    }
    if (a.ty === tany) a.ty = ids[i]!.ty;
  }
  return checkCount(u, n, ids.length);
}

/** The type of a variadic function for one call, whose last fixed argument is a format for the others. */
function variadicType(u: Unit, fn: Node, call: Node): Type {
  const t = cloneType(fn.ty.kind === Kind.Ref ? fn.ty.tof! : fn.ty);
  t.ids = t.ids.map(cloneDecl);
  const fixed = t.ids.length;
  const args = call.list!;
  for (let i = 0; i < Math.min(fixed, args.length); i++) {
    const a = args[i]!;
    const wanted = t.ids[i]!.ty;
    if (!compatible(u, wanted, a.ty, false)) {
      u.error(a, E.argumentType(i + 1, nodeText(u, fn), typeText(u, wanted), typedText(u, a)));
      return t;
    }
    if (a.ty === tany) a.ty = wanted;
  }
  if (args.length < fixed || fixed === 0) {
    u.error(call, E.tooFew(nodeText(u, fn), fixed, args.length));
    return t;
  }
  const format = fold(u, args[fixed - 1]!);
  args[fixed - 1] = format;
  if (format.ty !== tstring || format.op !== Op.Const) {
    u.error(format, E.formatConstant(nodeText(u, fn)));
    return t;
  }
  const rest = args.slice(fixed);
  checkFormat(u, format, format.str, rest);
  t.ids = [...t.ids, ...tupleFields(rest)];
  return t;
}

/** `name(values)` where name is no function: a value of an adt, a pick case, an exception, or a cast. */
function checkConstructor(u: Unit, n: Node, kidsOk: boolean, given: number): number {
  const left = n.left!;
  let d: Decl | null = null;
  if (left.op === Op.Name) d = left.decl;
  else if (left.op === Op.Dot) d = left.right!.decl;
  else if (left.op === Op.Mdot) d = left.right!.op === Op.Dot ? left.right!.right!.decl : left.right!.decl;
  if (d === null || (d.store !== Store.Type && d.store !== Store.Tag && d.ty.kind !== Kind.Exception)) {
    u.error(left, E.notCallable(typedText(u, left)));
    return Bad;
  }
  if (d.store === Store.Tag) return checkPickCase(u, n, d, kidsOk, given);
  n.ty = left.ty;
  if (!kidsOk) return Ok;
  const args = n.list!;
  const t = left.ty.kind === Kind.Ref ? left.ty.tof! : left.ty;
  const tuple = new Type(Kind.Tuple, n.start, n.stop, null, tupleFields(args));
  if (t.kind === Kind.Adt && compatible(u, t, tuple, true)) {
    if (args.length === 0) n.become(left);
    return Ok | (given & Allok);
  }
  const exception = new Type(Kind.Exception, n.start, n.stop, null, tupleFields(args));
  exception.cons = true;
  if (t.kind === Kind.Exception && t.cons && compatible(u, t, exception, true)) {
    if (args.length === 0) n.become(left);
    return Ok | (given & Allok);
  }
  const only = args.length === 1 ? args[0]! : null;
  if (
    t.kind !== Kind.Exception &&
    only !== null &&
    (t.kind !== Kind.Adt || compatible(u, t, only.ty, false))
  ) {
    return castInstead(u, n, only, d);
  }
  if (t.kind === Kind.Adt && t.tags.length > 0) {
    u.error(left, E.needsTag(nodeText(u, left)));
    return Bad;
  }
  if (t.kind === Kind.Adt || t.kind === Kind.Exception) return valuesMismatch(u, n, t);
  u.error(left, E.cannotMake(nodeText(u, left), args.map((a) => nodeText(u, a)).join(', ')));
  return Bad;
}

/** type(value) is a cast. */
function castInstead(u: Unit, n: Node, value: Node, d: Decl): number {
  n.op = Op.Cast;
  n.left = value;
  n.list = null;
  const t = new Type(Kind.Id, n.start, n.stop, null, noDecls);
  const s = d.sym!;
  s.unbound ??= new Decl(n.start, n.stop, Store.Unbound, s, d.ty);
  t.decl = s.unbound;
  n.ty = t;
  return checkExpression(u, n, 0, false, null);
}

/** Says which value of an adt or exception is wrong. */
function valuesMismatch(u: Unit, n: Node, t: Type): number {
  const args = n.list!;
  const fields = t.ids.filter((d) => d.store === Store.Field);
  for (let i = 0; i < Math.min(args.length, fields.length); i++) {
    const a = args[i]!;
    if (!compatible(u, fields[i]!.ty, a.ty, true)) {
      const wanted = typeText(u, fields[i]!.ty);
      const saw = typedText(u, a);
      const what = nodeText(u, n.left);
      u.error(
        a,
        t.kind === Kind.Exception
          ? E.valueType(i + 1, what, wanted, saw)
          : E.fieldType(nameOf(fields[i]!), what, wanted, saw),
      );
      return Bad;
    }
  }
  u.error(n, E.fieldCount(nodeText(u, n.left), fields.length, args.length));
  return Bad;
}

function checkPickCase(u: Unit, n: Node, d: Decl, kidsOk: boolean, given: number): number {
  const left = n.left!;
  left.ty = d.ty;
  if (left.op === Op.Mdot) left.right!.ty = d.ty;
  n.ty = d.ty;
  if (!kidsOk) return Ok;
  d.ty.tof = useType(u, d.ty.tof!);
  const tag = new Decl(-1, -1, Store.Field, null, tint);
  const tuple = new Type(Kind.Tuple, n.start, n.stop, null, [tag, ...tupleFields(n.list)]);
  if (compatible(u, d.ty.tof, tuple, true)) return Ok | (given & Allok);
  const record = cloneType(d.ty.tof);
  record.ids = record.ids.slice(1);
  return valuesMismatch(u, n, record);
}

/**
 * Adds the hidden arguments of a polymorphic call: for each function that a type variable asks for, the module and
 * the index of the one that the actual type has.
 */
function passFunctions(
  u: Unit,
  call: Node,
  fn: Decl | null,
  left: Node,
  adt: Type | null,
  bindings: Binding[],
): void {
  const hidden: Node[] = [];
  const args = call.list!;
  const pass = (polys: readonly Decl[], from: readonly Binding[]): void => {
    let at = 0;
    for (const variable of polys) {
      const t = boundTo(variable.ty, from);
      if (t.kind === Kind.Poly && u.checking !== null && !isOwnVariable(t, u.checking)) {
        u.error(call, E.unknownInstance(typeText(u, t)));
      }
      for (const wanted of variable.ty.ids) {
        const found = functionOf(u, wanted.sym!, t);
        let d = found.decl;
        let { module } = found;
        while (d !== null && d.link !== null) d = d.link;
        if (d === null) continue;
        d.refs++;
        d.inline = -1;
        if (t.kind === Kind.Module) {
          while (at < args.length) {
            if (sameType(t, args[at]!.ty)) {
              module = args[at]!;
              break;
            }
            at++;
          }
        }
        const owner = module === null ? moduleOf(d) : null;
        if (owner !== null && !u.isImplemented(owner.sym))
          u.error(call, E.importFirst(nameOf(d), nameOf(d.dot)));
        const ours = t.kind === Kind.Poly ? NodeFlag.FnPtrArg : 0;
        hidden.push(
          pointerHalf(call, module, d, fn, ours),
          pointerHalf(call, module, d, fn, ours | NodeFlag.FnPtrIndex),
        );
      }
      if (at < args.length) at++;
    }
  };
  pass(isPolyFunction(fn) ? fn!.ty.polys : left.ty.tof!.polys, bindings);
  if (adt !== null) pass(isPolyFunction(fn) ? enclosingVariables(fn!) : noDecls, adt.bindings ?? []);
  call.list = [...args, ...hidden];
}

function pointerHalf(call: Node, module: Node | null, d: Decl, fn: Decl | null, flags: number): Node {
  const n = new Node(Op.FnPtr, call.start, call.stop, module, mkDeclName(call.start, call.stop, d));
  n.decl = fn;
  n.flags = flags;
  return n;
}

/** Whether a type variable is one of the function being checked, or of its adt. */
function isOwnVariable(t: Type, fn: Decl): boolean {
  return fn.ty.polys.some((d) => d.ty === t) || enclosingVariables(fn).some((d) => d.ty === t);
}
