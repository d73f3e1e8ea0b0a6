import { Node, Reach } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import { install } from '../check/scope.ts';
import { realBits } from '../emit/bits.ts';
import { Decl, Kind, Store, Sym, type Type, tbig, tbyte, tint, treal, tstring } from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';

/**
 * Labels a tree with what the machine can reach directly, and with the number of temporaries that an evaluation needs
 * at once (as Sethi and Ullman count registers), which decides the order of evaluation. Directly reachable are
 *
 *     constant, local, global                         $v, v(fp), v(mp)
 *     what a local or global pointer points at        v(v(fp)), v(v(mp))
 *     fields of all these, as addresses with offsets
 *
 * Everything else needs code.
 */
export function label(u: Unit, n: Node): Node {
  let temps = 0;
  const { left, right, list } = n;
  if (left !== null) {
    label(u, left);
    temps = left.temps;
  }
  if (right !== null) {
    label(u, right);
    temps = combined(temps, right.temps);
  }
  if (list !== null && list.length > 0) {
    const t = labelList(u, list);
    if (left !== null) temps = combined(temps, t);
    else temps = right !== null ? combined(t, right.temps) : t;
  }
  let reach: number = Reach.Cant;
  switch (n.op) {
    case Op.Adr:
      switch (left!.reach) {
        case Reach.Reg:
          reach = Reach.Areg;
          break;
        case Reach.Mreg:
          reach = Reach.Amreg;
          break;
        case Reach.Adr:
          reach = Reach.Aadr;
          break;
        case Reach.Madr:
          reach = Reach.Amadr;
          break;
      }
      break;
    case Op.Ind:
      switch (left!.reach) {
        case Reach.Reg:
        case Reach.Aadr:
          reach = Reach.Adr;
          break;
        case Reach.Mreg:
        case Reach.Amadr:
          reach = Reach.Madr;
          break;
        case Reach.Areg:
          reach = Reach.Reg;
          break;
        case Reach.Amreg:
          reach = Reach.Mreg;
          break;
      }
      break;
    case Op.Name:
      reach = reachOfName(n);
      break;
    case Op.Mdot:
      reach = Reach.Mpc;
      break;
    case Op.Const:
      reach = reachOfConst(u, n);
      break;
    case Op.Add:
      if (right!.reach === Reach.Const) {
        switch (left!.reach) {
          case Reach.Areg:
            reach = Reach.Areg;
            break;
          case Reach.Amreg:
            reach = Reach.Amreg;
            break;
          case Reach.Reg:
          case Reach.Aadr:
            reach = Reach.Aadr;
            break;
          case Reach.Mreg:
          case Reach.Amadr:
            reach = Reach.Amadr;
            break;
        }
      }
      break;
  }
  n.reach = reach;
  n.temps = reach < Reach.Cant ? 0 : temps === 0 ? 1 : temps;
  return n;
}

function combined(a: number, b: number): number {
  return a === b ? a + 1 : Math.max(a, b);
}

/** A list counts as a chain of pairs, each an element and the rest. */
function labelList(u: Unit, list: readonly Node[]): number {
  let rest = -1;
  for (let i = 0; i < list.length; i++) label(u, list[i]!);
  for (let i = list.length - 1; i >= 0; i--) {
    const own = list[i]!.temps;
    const t = rest < 0 ? own : combined(own, rest);
    rest = t === 0 ? 1 : t;
  }
  return rest;
}

function reachOfName(n: Node): number {
  const d = n.decl!;
  switch (d.store) {
    case Store.Arg:
    case Store.Local:
      return Reach.Reg;
    case Store.Global:
      return d.ty.kind === Kind.Iface ? Reach.Ldt : Reach.Mreg;
    case Store.Type:
      return d.ty.kind === Kind.Module ? Reach.Mreg : Reach.Cant;
    case Store.Fn:
      if (n.flags & FnPointer) return n.flags === FnPointerIndex ? Reach.Off : Reach.Cant;
      return Reach.Pc;
    default:
      throw new InternalError(`name of store ${d.store} in code`);
  }
}

const FnPointer = 4 | 8;
const FnPointerIndex = 8;

function reachOfConst(u: Unit, n: Node): number {
  switch (n.ty.kind) {
    case Kind.Int:
    case Kind.Fix:
      if (n.val >= -(2 ** 29) && n.val < 2 ** 29) return Reach.Const;
      n.decl = constant(u, n, `.i.${hex(n.val, 8, '0')}`, tint);
      return Reach.Mreg;
    case Kind.Big: {
      const high = Number(BigInt.asUintN(32, n.big >> 32n));
      const low = Number(BigInt.asUintN(32, n.big));
      n.decl = constant(u, n, `.B.${hex(high, 8, '0')}.${hex(low, 8, ' ')}`, tbig);
      return Reach.Mreg;
    }
    case Kind.Byte:
      n.decl = constant(u, n, `.b.${hex(n.val & 0xff, 2, '0')}`, tbyte);
      return Reach.Mreg;
    case Kind.Real: {
      const [high, low] = realBits(n.val);
      n.decl = constant(u, n, `.f.${hex(high, 8, '0')}.${hex(low, 8, ' ')}`, treal);
      return Reach.Mreg;
    }
    case Kind.String:
      n.decl = stringConstant(u, n);
      return Reach.Mreg;
    default:
      throw new InternalError('constant of a type without constants');
  }
}

function hex(v: number, width: number, pad: string): string {
  return (v >>> 0).toString(16).padStart(width, pad);
}

/** A constant that no instruction holds, in the module data. */
function constant(u: Unit, n: Node, name: string, ty: Type): Decl {
  const s = u.sym(name);
  if (s.decl !== null) return s.decl;
  const d = new Decl(n.start, n.stop, Store.Undef, s, ty);
  install(u, Store.Global, [d]);
  d.init = frozenConst(n);
  d.refs++;
  return d;
}

/** The value of a constant, apart from its place in a tree. */
function frozenConst(n: Node): Node {
  const c = new Node(Op.Const, n.start, n.stop, null, null);
  c.ty = n.ty;
  c.val = n.val;
  c.big = n.big;
  c.str = n.str;
  return c;
}

/** Strings are in the module data once each; the empty one is nil. */
function stringConstant(u: Unit, n: Node): Decl {
  const { str } = n;
  if (str === '') {
    u.emptyString.refs++;
    return u.emptyString;
  }
  let d = u.strings.get(str);
  if (d === undefined) {
    d = new Decl(n.start, n.stop, Store.Global, new Sym(str, 0), tstring);
    u.scopes[u.scope]!.push(d);
    d.init = frozenConst(n);
    u.strings.set(str, d);
  }
  d.refs++;
  return d;
}

/** Whether two reachable nodes are the same place. */
export function samePlace(a: Node, b: Node): boolean {
  if (a.reach !== b.reach) return false;
  const x = operand(a);
  const { reg, off, decl } = x;
  const y = operand(b);
  return off === y.off && reg === y.reg && decl === y.decl;
}

/** An operand as the machine takes it; `decl`'s offset is added to `reg` when it is known. */
export interface Operand {
  reg: number;
  off: number;
  decl: Decl | null;
}

// One scratch object: operands are copied into instructions at once.
const scratch: Operand = { reg: 0, off: 0, decl: null };

/** The operand of a reachable node, valid until the next call. */
export function operand(n: Node): Operand {
  const a = scratch;
  a.reg = 0;
  a.off = 0;
  a.decl = null;
  let at: Node = n;
  for (;;) {
    switch (at.reach) {
      case Reach.Reg:
      case Reach.Mreg:
        if (at.decl !== null) {
          a.decl = at.decl;
          return a;
        }
        break;
      case Reach.Desc:
        a.decl = at.ty.decl;
        return a;
      case Reach.Off:
      case Reach.Ldt:
      case Reach.Pc:
        a.decl = at.decl;
        return a;
      case Reach.Const:
        a.off = at.val;
        return a;
      case Reach.Adr:
      case Reach.Madr:
        break;
      case Reach.Areg:
      case Reach.Amreg:
        if (at.op === Op.Add) a.reg += at.right!.val;
        break;
      case Reach.Aadr:
      case Reach.Amadr:
        if (at.op === Op.Add) a.off += at.right!.val;
        break;
      default:
        throw new InternalError('operand that is not reachable');
    }
    at = at.left!;
  }
}
