import type { Node } from '../ast/node.ts';
import * as E from '../errors.ts';
import { exceptionTuple } from '../types/exceptions.ts';
import { typedText } from '../types/print.ts';
import { isPointer, Kind } from '../types/type.ts';
import type { Unit } from '../unit.ts';

const verbs: Readonly<Record<string, number>> = {
  '%': Kind.None,
  r: Kind.None,
  H: Kind.Any,
  c: Kind.Int,
  d: Kind.Int,
  o: Kind.Int,
  x: Kind.Int,
  X: Kind.Int,
  e: Kind.Real,
  f: Kind.Real,
  g: Kind.Real,
  E: Kind.Real,
  G: Kind.Real,
  s: Kind.String,
  q: Kind.String,
};

/** Kinds whose address %x prints. */
function hasAddress(k: number): boolean {
  return (
    k === Kind.String ||
    k === Kind.Array ||
    k === Kind.Ref ||
    k === Kind.Chan ||
    k === Kind.List ||
    k === Kind.Module
  );
}

/** Checks that the arguments of print and the like fit its format, sys-print(2). The node of the format is `at`. */
export function checkFormat(u: Unit, at: Node, format: string, args: readonly Node[]): void {
  let next = 0;
  for (let i = 0; i < format.length; ) {
    if (format[i++] !== '%') continue;
    const from = i - 1;
    const so = (): string => format.slice(from, i);
    let width = false;
    let precision = false;
    let dot = false;
    const flags = new Set<string>();
    let verb = -1;
    while (verb < 0) {
      const c = format[i++];
      if (c === undefined) {
        u.error(at, E.formatIncomplete(format.slice(from)));
        return;
      }
      if (c === '.') {
        if (dot) {
          u.error(at, E.formatInvalid(so()));
          return;
        }
        width = true;
        dot = true;
      } else if (c === '*' || (c >= '0' && c <= '9')) {
        if (c !== '*') while (i < format.length && format[i]! >= '0' && format[i]! <= '9') i++;
        if (!width) width = true;
        else if (!precision && dot) precision = true;
        else {
          u.error(at, E.formatInvalid(so()));
          return;
        }
        if (c === '*') {
          const a = args[next++];
          if (a === undefined) {
            u.error(at, E.formatMissing(so()));
            return;
          }
          if (a.ty.kind !== Kind.Int) {
            u.error(a, E.formatMismatch(so(), 'int', typedText(u, a)));
            return;
          }
        }
      } else if ('+-#,bu'.includes(c)) {
        if (flags.has(c)) {
          u.error(at, E.formatFlag(c, so()));
          return;
        }
        flags.add(c);
      } else {
        const v = Object.hasOwn(verbs, c) ? verbs[c] : undefined;
        if (v === undefined) {
          u.error(at, E.formatVerb(c, so()));
          return;
        }
        verb = v === Kind.Int && c !== 'c' && flags.has('b') ? Kind.Big : v;
      }
    }
    if (verb === Kind.None) continue;
    const a = args[next++];
    if (a === undefined) {
      u.error(at, E.formatMissing(so()));
      return;
    }
    const t = a.ty.kind === Kind.Exception ? exceptionTuple(u, a.ty) : a.ty;
    if (t.kind === Kind.Error) continue;
    const c = format[i - 1]!;
    const wanted =
      (verb === Kind.Int && (c === 'x' || c === 'X') && hasAddress(t.kind)) ||
      (verb === Kind.Any && isPointer[t.kind] === 1)
        ? t.kind
        : verb;
    if (wanted !== t.kind) {
      u.error(a, E.formatMismatch(so(), kindWord(wanted), typedText(u, a)));
      return;
    }
  }
  const extra = args[next];
  if (extra !== undefined) u.error(extra, E.formatExtra);
}

function kindWord(k: number): string {
  if (k === Kind.Int) return 'int';
  if (k === Kind.Big) return 'big';
  if (k === Kind.Real) return 'real';
  if (k === Kind.String) return 'string';
  return 'a reference';
}
