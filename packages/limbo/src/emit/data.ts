import type { DataItem } from '@llambo/dis/object';
import type { Node } from '../ast/node.ts';
import { arrayTable } from '../check/labels.ts';
import { encodeUtf8 } from '../source/source.ts';
import { type Decl, Kind, Store } from '../types/type.ts';
import { InternalError } from '../unit.ts';

/** Kinds of items that hold several values. */
type Run = 'bytes' | 'words' | 'bigs' | 'reals';

/** Collects the data section; values that follow one another become one item. */
export class DataSection {
  readonly items: DataItem[] = [];
  #kind: Run | null = null;
  #start = 0;
  #end = -1;
  #values: number[] = [];
  #bigs: bigint[] = [];

  flush(): void {
    const offset = this.#start;
    switch (this.#kind) {
      case 'bytes':
        this.items.push({ kind: 'bytes', offset, values: Uint8Array.from(this.#values) });
        break;
      case 'words':
        this.items.push({ kind: 'words', offset, values: Int32Array.from(this.#values) });
        break;
      case 'reals':
        this.items.push({ kind: 'reals', offset, values: Float64Array.from(this.#values) });
        break;
      case 'bigs':
        this.items.push({ kind: 'bigs', offset, values: BigInt64Array.from(this.#bigs) });
        break;
    }
    this.#kind = null;
    this.#end = -1;
    this.#values = [];
    this.#bigs = [];
  }

  #at(kind: Run, offset: number, size: number): void {
    if (this.#kind !== kind || this.#end !== offset) {
      this.flush();
      this.#kind = kind;
      this.#start = offset;
    }
    this.#end = offset + size;
  }

  byte(offset: number, v: number): void {
    this.#at('bytes', offset, 1);
    this.#values.push(v);
  }

  word(offset: number, v: number): void {
    this.#at('words', offset, 4);
    this.#values.push(v);
  }

  big(offset: number, v: bigint): void {
    this.#at('bigs', offset, 8);
    this.#bigs.push(v);
  }

  real(offset: number, v: number): void {
    this.#at('reals', offset, 8);
    this.#values.push(v);
  }

  string(offset: number, s: string): void {
    this.flush();
    this.items.push({ kind: 'string', offset, utf8: encodeUtf8(s) });
  }

  /** The initial value `n` at an offset. */
  value(offset: number, n: Node): void {
    const t = n.ty;
    switch (t.kind) {
      case Kind.Byte:
        this.byte(offset, n.val);
        return;
      case Kind.Int:
      case Kind.Fix:
        this.word(offset, n.val);
        return;
      case Kind.Big:
        this.big(offset, n.big);
        return;
      case Kind.String:
        this.string(offset, n.str);
        return;
      case Kind.Real:
        this.real(offset, n.val);
        return;
      case Kind.Adt:
      case Kind.AdtPick:
      case Kind.Tuple:
        n.list!.forEach((e, i) => {
          this.value(offset + t.ids[i]!.offset, e);
        });
        return;
      case Kind.Any:
        return;
      case Kind.Case:
      case Kind.CaseBig:
      case Kind.CaseString:
      case Kind.Goto:
        this.#table(offset, n);
        return;
      case Kind.Array:
        this.#array(offset, n);
        return;
      default:
        throw new InternalError(`initial value of kind ${t.kind}`);
    }
  }

  #table(offset: number, n: Node): void {
    const t = n.ty;
    const c = t.cases!;
    const wild = c.wildInst === null ? -1 : c.wildInst.pc;
    let at = offset;
    if (t.kind === Kind.Goto) {
      this.word(at, t.size / 4 - 1);
      for (const l of c.labels) this.word((at += 4), l.inst!.pc);
      if (c.wildInst !== null) this.word(at + 4, wild);
      return;
    }
    this.word(at, c.labels.length);
    at += t.kind === Kind.CaseBig ? 8 : 4;
    for (const l of c.labels) {
      const pc = l.inst!.pc;
      if (t.kind === Kind.Case) {
        this.word(at, l.start.val);
        this.word(at + 4, (l.stop.val + 1) | 0);
        this.word(at + 8, pc);
        at += 12;
      } else if (t.kind === Kind.CaseBig) {
        this.big(at, l.start.big);
        this.big(at + 8, l.stop.big + 1n);
        this.word(at + 16, pc);
        at += 24;
      } else {
        this.string(at, l.start.str);
        if (l.stop !== l.start) this.string(at + 4, l.stop.str);
        this.word(at + 8, pc);
        at += 12;
      }
    }
    this.word(at, wild);
  }

  #array(offset: number, n: Node): void {
    this.flush();
    const of = n.ty.tof!;
    const length = n.left!.val;
    this.items.push({ kind: 'array', offset, type: of.decl!.desc!.id, length });
    if (n.list === null) return;
    this.items.push({ kind: 'index', offset, index: 0 });
    const c = arrayTable(n);
    const wild = c.wild === null ? null : (c.wild as Node).right!;
    let last = 0;
    for (const l of c.labels) {
      const from = l.start.val;
      if (wild !== null) for (; last < from; last++) this.value(of.size * last, wild);
      last = from;
      const element = (l.node as Node).right!;
      for (; last <= l.stop.val; last++) this.value(of.size * last, element);
    }
    if (wild !== null) for (; last < length; last++) this.value(of.size * last, wild);
    this.flush();
    this.items.push({ kind: 'restore', offset: 0 });
  }
}

/** The data section of a module with these globals. */
export function dataSection(globals: readonly Decl[]): DataItem[] {
  const section = new DataSection();
  for (const d of globals) if (d.store === Store.Global && d.init !== null) section.value(d.offset, d.init);
  section.flush();
  return section.items;
}
