import { copyTree, mkConst, type Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import * as E from '../errors.ts';
import { fold } from '../optimise/fold.ts';
import { compareNames } from '../source/source.ts';
import { nodeText, typedText, typeText } from '../types/print.ts';
import { commonType, compatible } from '../types/relations.ts';
import {
  type CaseTable,
  Kind,
  type Label,
  noDecls,
  Type,
  tany,
  tbig,
  texception,
  tint,
  tstring,
} from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';

/** What labels belong to: the arms of a case, the elements of an array. */
export interface Labelled {
  readonly owner: object;
  readonly quals: readonly Node[];
}

function compareBig(a: Node, b: Node): number {
  return a.big < b.big ? -1 : a.big > b.big ? 1 : 0;
}

/** Order of strings as bytes, all of them. */
function compareStrings(a: string, b: string): number {
  const c = compareNames(a.replaceAll('\0', '\u0001'), b.replaceAll('\0', '\u0001'));
  return c !== 0 ? c : a.length - b.length;
}

/** Handlers are tried in this order: exceptions, whole strings, then prefixes, the longest first. */
function compareHandlers(a: Node, b: Node): number {
  const x = handlerName(a);
  const y = handlerName(b);
  const xs = x.endsWith('*');
  const ys = y.endsWith('*');
  if (xs && ys) return x.length === y.length ? compareStrings(x, y) : y.length - x.length;
  if (xs) return 1;
  if (ys) return -1;
  const xString = a.ty === tstring;
  const yString = b.ty === tstring;
  if (xString !== yString) return xString ? 1 : -1;
  return compareStrings(x, y);
}

/** The string that a handler's label is matched as. */
function handlerName(n: Node): string {
  return n.ty === tstring ? n.str : (n.decl?.sym?.name ?? '');
}

export function compareLabels(t: Type, a: Node, b: Node): number {
  if (t === tint) return a.val - b.val;
  if (t === tbig) return compareBig(a, b);
  if (t === texception) return compareHandlers(a, b);
  return compareStrings(a.str, b.str);
}

/** Sorts labels, finds those that overlap and joins neighbours of one owner. */
export function makeTable(u: Unit, labelled: readonly Labelled[], t: Type, title: string): CaseTable {
  const labels: Label[] = [];
  let wild: object | null = null;
  for (const { owner, quals } of labelled) {
    for (const q of quals) {
      if (q.op === Op.Wild) wild = owner;
      else {
        const range = q.op === Op.Range;
        labels.push({
          node: owner,
          isPointer: false,
          start: range ? q.left! : q,
          stop: range ? q.right! : q,
          inst: null,
        });
      }
    }
  }
  labels.sort((a, b) => compareLabels(t, a.start, b.start));
  const joined: Label[] = [];
  for (let i = 0; i < labels.length; ) {
    const l = labels[i]!;
    let stop = l.stop;
    if (compareLabels(t, l.start, stop) > 0) u.error(l.start, E.emptyRange(title));
    let j = i + 1;
    for (; j < labels.length; j++) {
      const next = labels[j]!;
      if (compareLabels(t, next.start, stop) <= 0) {
        u.diagnostics.error(next.start.start, next.start.stop, E.overlap(title, nodeText(u, next.start)), {
          note: [E.otherLabel, stop.start],
        });
      }
      if (t !== tint || next.start.val !== stop.val + 1 || next.node !== l.node) break;
      stop = next.stop;
    }
    l.stop = stop;
    joined.push(l);
    i = j;
  }
  return { labels: joined, senders: 0, entries: joined.length, wild, wildInst: null };
}

/** The label that `v` falls under. */
export function findLabel(t: Type, v: Node, labels: readonly Label[]): Label {
  let low = 0;
  let high = labels.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (compareLabels(t, labels[mid]!.start, v) <= 0) low = mid;
    else high = mid - 1;
  }
  const found = labels[low];
  if (found === undefined) throw new InternalError('label not found');
  return found;
}

/**
 * Gives each element of an array initialiser its index and the elements their type. One more than the largest index;
 * -1 after an error.
 */
export function assignIndices(u: Unit, array: Node): number {
  const elements = array.list!;
  let limit = 0x7fffffff;
  if (array.left!.ty === tint) {
    const size = fold(u, copyTree(array.left!, false, 0, 0));
    if (size.op === Op.Const) limit = size.val;
  }
  const first = elements[0]!;
  let t = first.ty;
  let last = -1;
  let max = -1;
  let ok = true;
  let wild: Node | null = null;
  const wrong = (n: Node, message: string): void => {
    u.error(n, message);
    ok = false;
  };
  for (const e of elements) {
    if (!compatible(u, t, e.ty, false)) {
      const common = commonType(u, t, e.ty);
      if (!compatible(u, common, e.ty, false)) {
        u.error(e, E.elementTypes(typeText(u, t), typeText(u, e.ty)));
        return -1;
      }
      t = common;
      first.ty = t;
    }
    if (t === tany) t = e.ty;
    e.list ??= [mkConst(e.right!.start, e.right!.stop, last + 1)];
    e.list.forEach((given, i) => {
      if (given.ty !== tint) {
        wrong(given, E.indexType(typedText(u, given)));
        return;
      }
      const q = fold(u, given);
      e.list![i] = q;
      switch (q.op) {
        case Op.Wild:
          if (wild !== null) {
            u.diagnostics.error(q.start, q.stop, E.wildTwice, { note: [E.otherLabel, wild.start] });
            ok = false;
          }
          wild = q;
          return;
        case Op.Range:
          if (q.left!.op !== Op.Const || q.right!.op !== Op.Const) wrong(q, E.labelConstant(nodeText(u, q)));
          else if (q.left!.val < 0 || q.right!.val >= limit) wrong(q, E.indexBounds(nodeText(u, q)));
          else last = q.right!.val;
          break;
        case Op.Const:
          last = q.val;
          if (q.val < 0 || q.val >= limit) wrong(q, E.indexBounds(nodeText(u, q)));
          break;
        case Op.Nothing:
          ok = false;
          break;
        default:
          wrong(q, E.labelConstant(nodeText(u, q)));
          break;
      }
      if (last > max) max = last;
    });
  }
  for (const e of elements) if (e.ty === tany) e.ty = t;
  if (!ok) return -1;
  const table = makeTable(
    u,
    elements.map((e) => ({ owner: e, quals: e.list! })),
    tint,
    'array index',
  );
  const init = new Type(Kind.ArrayInit, first.start, elements[elements.length - 1]!.stop, null, noDecls);
  init.cases = table;
  arrayTables.set(array, table);
  return max + 1;
}

/** Tables of array initialisers, for the data section. */
const arrayTables = new WeakMap<Node, CaseTable>();

export function arrayTable(array: Node): CaseTable {
  const known = arrayTables.get(array);
  if (known !== undefined) return known;
  // A copy made by folding: its labels are constants in order already.
  const labels: Label[] = [];
  let wild: object | null = null;
  for (const e of array.list ?? []) {
    for (const q of e.list!) {
      if (q.op === Op.Wild) wild = e;
      else if (q.op === Op.Range)
        labels.push({ node: e, isPointer: false, start: q.left!, stop: q.right!, inst: null });
      else labels.push({ node: e, isPointer: false, start: q, stop: q, inst: null });
    }
  }
  labels.sort((a, b) => a.start.val - b.start.val);
  return { labels, senders: 0, entries: labels.length, wild, wildInst: null };
}
