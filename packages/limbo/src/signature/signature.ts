import { removePointerArguments } from '../codegen/polymorphic.ts';
import { formatReal } from '../optimise/real.ts';
import { encodeUtf8 } from '../source/source.ts';
import { isPolyFunction } from '../types/poly.ts';
import { type Decl, Kind, type Type, takesSpace } from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import { md5 } from './md5.ts';

/**
 * Type signatures: modules are linked when the functions that one exports and the other imports hash to the same
 * number. What is hashed is a compact form of the type, in which a type that was met before is its number.
 */

const letters: Readonly<Record<number, string>> = {
  [Kind.None]: 'n',
  [Kind.Adt]: 'a',
  [Kind.AdtPick]: 'p',
  [Kind.Array]: 'A',
  [Kind.Big]: 'B',
  [Kind.Byte]: 'b',
  [Kind.Chan]: 'C',
  [Kind.Real]: 'r',
  [Kind.Fn]: 'f',
  [Kind.Int]: 'i',
  [Kind.List]: 'L',
  [Kind.Module]: 'm',
  [Kind.Ref]: 'R',
  [Kind.String]: 's',
  [Kind.Tuple]: 't',
  [Kind.Exception]: 'e',
  [Kind.Fix]: 'x',
  [Kind.Poly]: 'P',
};

/** The signature of a declaration's type, 32 bits signed. */
export function signatureOf(u: Unit, d: Decl): number {
  const t = d.ty;
  if (t.sig !== 0) return t.sig;
  if (isPolyFunction(d)) removePointerArguments(u, d);
  const [a, b, c, e] = md5(encodeUtf8(typeForm(d)));
  t.sig = a ^ b ^ c ^ e;
  return t.sig;
}

/** What the signature of a declaration is the hash of. */
export function typeForm(d: Decl): string {
  const seen: Type[] = [];
  const state = { seen, count: 0 };
  const form = sign(state, d.ty);
  for (const t of seen) t.eq!.id = 0;
  return form;
}

interface State {
  readonly seen: Type[];
  count: number;
}

function sign(s: State, t: Type | null): string {
  if (t === null) return '';
  if (t.eq !== null) {
    if (t.eq.id !== 0) return `@${t.eq.id}`;
    t.eq.id = ++s.count;
    s.seen.push(t);
  }
  const letter = letters[t.kind];
  if (letter === undefined) throw new InternalError('type without a signature');
  switch (t.kind) {
    case Kind.Fix:
      return letter + formatReal(t.scale!.val);
    case Kind.Ref:
    case Kind.List:
    case Kind.Array:
    case Kind.Chan:
      return letter + sign(s, t.tof);
    case Kind.Fn: {
      let form = letter;
      if (t.varargs) form += '*';
      if (t.polys.length > 0) form += signList(s, t.polys, false);
      form += signList(s, t.ids, false);
      if (t.raises !== null) form += `(${t.raises.list!.map((n) => n.decl!.sym!.name).join(',')})`;
      return form + sign(s, t.tof);
    }
    case Kind.Tuple:
      return letter + signList(s, t.ids, false);
    case Kind.Adt: {
      // The record of a module's data is not a type of its own: only its members count.
      if (t.eq === null) return t.ids.map((d) => `${signMember(s, d, true)};`).join('');
      let form = letter;
      if (t.polys.length > 0) form += signList(s, t.polys, false);
      form += signList(s, t.ids, true);
      if (t.tags.length === 0) return form;
      const tags = t.tags.map((tag) => `${tag.sym!.name}=>${sign(s, tag.ty)}`);
      return `${form.slice(0, -1)},${tags.join(',')})`;
    }
    case Kind.AdtPick: {
      const form = letter + signList(s, t.ids, true);
      return form + sign(s, t.decl!.dot!.ty);
    }
    case Kind.Module: {
      let form = `${letter}{`;
      for (const d of t.tof!.ids) {
        if (d.tag !== 0) continue;
        form += d.sym!.name === '.mp' ? sign(s, d.ty) : `${signMember(s, d, true)};`;
      }
      return `${form}}`;
    }
    default:
      return letter;
  }
}

function signList(s: State, ids: readonly Decl[], names: boolean): string {
  const parts: string[] = [];
  for (const d of ids) if (takesSpace[d.store] === 1) parts.push(signMember(s, d, names));
  return `(${parts.join(',')})`;
}

function signMember(s: State, d: Decl, names: boolean): string {
  return `${names ? `${d.sym!.name}:` : ''}${d.implicit ? 'S' : ''}${d.cyclic ? 'y' : ''}${sign(s, d.ty)}`;
}
