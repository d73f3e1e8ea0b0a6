import { type Node, NodeFlag } from '../ast/node.ts';
import { Op, spelling } from '../ast/ops.ts';
import type { Unit } from '../unit.ts';
import { boundTo } from './poly.ts';
import { type Decl, Kind, kindName, nameOf, type Type, tany, terror, tnone, tunset } from './type.ts';

/** A type as it is written in Limbo. */
export function typeText(u: Unit, t: Type | null): string {
  return text(u, t, 0);
}

function text(u: Unit, t: Type | null, depth: number): string {
  if (t === null) return 'nothing';
  if (depth > 20) return '...';
  const of = (x: Type | null): string => text(u, x, depth + 1);
  switch (t.kind) {
    case Kind.Arrow:
      return `${of(t.tof)}->${nameOf(t.decl)}`;
    case Kind.Dot:
      return `${of(t.tof)}.${nameOf(t.decl)}`;
    case Kind.Id:
    case Kind.Poly:
    case Kind.Module:
      return nameOf(t.decl);
    case Kind.Inst:
      return `${of(t.tof)}[${(t.actuals ?? []).map(of).join(', ')}]`;
    case Kind.Fix:
      return `fixed(${t.scale === null ? '' : nodeText(u, t.scale)})`;
    case Kind.Ref:
      return `ref ${of(t.tof)}`;
    case Kind.Chan:
    case Kind.Array:
    case Kind.List:
      return `${kindName[t.kind]!} of ${of(t.tof)}`;
    case Kind.AdtPick:
      return `${nameOf(t.decl!.dot)}.${nameOf(t.decl)}`;
    case Kind.Adt: {
      const dot = t.decl?.dot ?? null;
      const module = dot !== null && !u.isImplemented(dot.sym) ? `${nameOf(dot)}->` : '';
      const actual = (d: Decl): string => (t.bindings === null ? nameOf(d) : of(boundTo(d.ty, t.bindings)));
      const polys = t.polys.length > 0 ? `[${t.polys.map(actual).join(', ')}]` : '';
      return `${module}${nameOf(t.decl)}${polys}`;
    }
    case Kind.Tuple:
      return `(${t.ids.map((d) => of(d.ty)).join(', ')})`;
    case Kind.Fn: {
      const polys = t.polys.length > 0 ? `[${t.polys.map(nameOf).join(', ')}]` : '';
      const args = t.ids.map((d) => `${nameOf(d)}: ${d.implicit ? 'self ' : ''}${of(d.ty)}`);
      if (t.varargs) args.push('*');
      const result = t.tof !== null && t.tof.kind !== Kind.None ? `: ${of(t.tof)}` : '';
      return `fn${polys}(${args.join(', ')})${result}`;
    }
    default:
      return kindName[t.kind] ?? '?';
  }
}

const escapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** A string constant, cut when long. */
export function stringText(s: string): string {
  const shown = s.length > 20 ? `${s.slice(0, 17)}...` : s;
  return `"${shown.replace(/[\n\t\r"\\]/g, (c) => escapes[c]!)}"`;
}

/** An expression as it is written in Limbo. */
export function nodeText(u: Unit, n: Node | null): string {
  if (n === null) return '';
  const s = plain(u, n);
  return n.flags & NodeFlag.Parens ? `(${s})` : s;
}

function plain(u: Unit, n: Node): string {
  const of = (x: Node | null): string => nodeText(u, x);
  const list = (sep: string): string =>
    (n.list ?? [])
      .filter((e) => e.op !== Op.FnPtr)
      .map(of)
      .join(sep);
  switch (n.op) {
    case Op.Nothing:
      return '';
    case Op.Wild:
      return '*';
    case Op.Name:
      return nameOf(n.decl);
    case Op.Const:
      if (n.ty.kind === Kind.String) return stringText(n.str);
      if (n.decl?.sym && !n.decl.sym.name.startsWith('.')) return n.decl.sym.name;
      if (n.ty.kind === Kind.Big) return String(n.big);
      return String(n.val);
    case Op.Cast:
      return `${typeText(u, n.ty)} ${of(n.left)}`;
    case Op.Tuple:
      return `(${list(', ')})`;
    case Op.Chan:
      return n.left === null
        ? `chan of ${typeText(u, n.ty.tof)}`
        : `chan [${of(n.left)}] of ${typeText(u, n.ty.tof)}`;
    case Op.Array:
      return n.list === null
        ? `array[${of(n.left)}] of ${typeText(u, n.ty.tof)}`
        : `array[${of(n.left)}] of {${list(', ')}}`;
    case Op.Elem:
      return n.list === null ? of(n.right) : `${list(' or ')} => ${of(n.right)}`;
    case Op.Range:
      return `${of(n.left)} to ${of(n.right)}`;
    case Op.Call:
      return `${of(n.left)}(${list(', ')})`;
    case Op.Inc:
    case Op.Dec:
      return `${of(n.left)}${spelling[n.op]!}`;
    case Op.Index:
    case Op.Indx:
    case Op.Inds:
      return `${of(n.left)}[${of(n.right)}]`;
    case Op.Slice:
      return `${of(n.left)}[${of(n.right!.left)}:${of(n.right!.right)}]`;
    case Op.Load:
      return `load ${typeText(u, n.ty)} ${of(n.left)}`;
    case Op.Type:
      return typeText(u, n.ty);
    case Op.Adr:
    case Op.Used:
      return of(n.left);
    case Op.Dot:
    case Op.Mdot:
      return `${of(n.left)}${spelling[n.op]!}${of(n.right)}`;
    case Op.Spawn:
    case Op.Raise:
    case Op.Ref:
    case Op.Len:
    case Op.Hd:
    case Op.Tl:
    case Op.Tagof:
      return `${spelling[n.op]!} ${of(n.left)}`;
    default:
      if (n.right === null) return `${spelling[n.op]!}${of(n.left)}`;
      return `${of(n.left)} ${spelling[n.op]!} ${of(n.right)}`;
  }
}

/** An expression and its type. */
export function typedText(u: Unit, n: Node): string {
  if (n.ty === tany || n.ty === tnone || n.ty === terror || n.ty === tunset) return nodeText(u, n);
  return `${nodeText(u, n)} of type ${typeText(u, n.ty)}`;
}
