import { Op } from '../ast/ops.ts';
import { type Inst, Marker } from '../codegen/instruction.ts';
import type { CompiledModule } from '../codegen/module.ts';
import { removePointerArguments } from '../codegen/polymorphic.ts';
import type { Place } from '../source/source.ts';
import { isPolyFunction } from '../types/poly.ts';
import { type Decl, isVisible, Kind, Store, type Type, tany, tstring } from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';

const letters: Readonly<Record<number, string>> = {
  [Kind.None]: 'n',
  [Kind.Array]: 'A',
  [Kind.Big]: 'B',
  [Kind.Byte]: 'b',
  [Kind.Chan]: 'C',
  [Kind.Real]: 'f',
  [Kind.Fn]: 'F',
  [Kind.Int]: 'i',
  [Kind.List]: 'L',
  [Kind.Module]: 'm',
  [Kind.Ref]: 'R',
  [Kind.String]: 's',
  [Kind.Tuple]: 't',
  [Kind.Exception]: 't',
  [Kind.Fix]: 'i',
  [Kind.Poly]: 'P',
  [Kind.Any]: 'N',
};

/** File, line and column of what has no place in the source. */
const nowhere = { file: 0, line: 0, column: 0 };

interface At {
  file: number;
  line: number;
  column: number;
}

/** The last part of a path. */
function baseName(path: string): string {
  return /[^/\\ ]*$/.exec(path)![0];
}

/** Writes the symbol file of a module, sbl(6): files, instructions, types, functions and module data. */
class SymbolWriter {
  readonly #u: Unit;
  readonly #files: string[] = [];
  readonly #out: string[] = [];
  #lastFile = 0;
  #lastLine = 0;

  constructor(u: Unit) {
    this.#u = u;
  }

  write(m: CompiledModule): string {
    const out = this.#out;
    out.push('limbo .sbl 2.1\n', `${m.module.sym!.name}\n`);
    for (const s of this.#u.map.segments) if (!this.#files.includes(s.name)) this.#files.push(s.name);
    out.push(`${this.#files.length}\n`, ...this.#files.map((f) => `${baseName(f)}\n`));
    this.#instructions(m);
    const { adts } = this.#u;
    out.push(`${adts.length}\n`);
    adts.forEach((d, i) => {
      d.ty.sbl = i;
    });
    for (const d of adts) this.#type(d.ty, true);
    out.push(`${m.functions.length}\n`);
    for (const f of m.functions) this.#function(f);
    this.#decls(m.globals, Store.Global);
    return out.join('');
  }

  #place(offset: number): At {
    if (offset < 0) return nowhere;
    const p: Place = this.#u.map.place(offset);
    return { file: this.#files.indexOf(p.name), line: p.line, column: p.column };
  }

  /** A span; what does not change from the one before is left out. */
  #span(start: number, stop: number, pad = 0): string {
    const a = this.#place(start);
    const b = this.#place(stop);
    let s = '';
    if (this.#lastFile !== a.file) s += `${a.file}:`;
    if (this.#lastLine !== a.line) s += `${a.line}.`;
    s += `${a.column},`;
    if (a.file !== b.file) s += `${b.file}:`;
    if (a.line !== b.line) s += `${b.line}.`;
    s += `${b.column + pad} `;
    this.#lastFile = b.file;
    this.#lastLine = b.line;
    return s;
  }

  #instructions(m: CompiledModule): void {
    this.#out.push(`${m.instructions}\n`);
    const blocks = new Map<number, number>();
    let start = 0;
    let stop = 0;
    let pad = 0;
    for (let i: Inst | null = m.first; i !== null; i = i.next) {
      if (i.op === Marker) continue;
      let b = blocks.get(i.block);
      if (b === undefined) {
        b = blocks.size;
        blocks.set(i.block, b);
      }
      // What is made up has no place of its own: it is shown where the instruction before it is.
      if (i.start >= 0 || i.stop >= 0) {
        start = i.start;
        stop = i.stop < 0 ? i.start + 1 : i.stop;
        pad = i.pad;
      }
      this.#out.push(`${this.#span(start, stop, pad)}${b}\n`);
    }
  }

  #function(f: Decl): void {
    if (isPolyFunction(f)) removePointerArguments(this.#u, f);
    const name = f.dot !== null && f.dot.ty.kind === Kind.Adt ? `${f.dot.sym!.name}.` : '';
    this.#out.push(`${f.pc!.pc}:${name}${f.sym!.name}\n`);
    this.#decls(f.ty.ids, Store.Arg);
    this.#decls(f.locals, Store.Local);
    this.#type(f.ty.tof!, false);
  }

  #isShown(d: Decl, anyToo: boolean): boolean {
    if (isVisible[d.ty.kind] === 0 && !(anyToo && d.ty === tany)) return false;
    if (d.sym === null || d.sym.name.startsWith('.')) return false;
    return !(d.ty === tstring && d.init !== null && d.init.op === Op.Const);
  }

  #decls(ids: readonly Decl[], store: number, anyToo = false): void {
    const shown = ids.filter((d) => d.store === store && this.#isShown(d, anyToo));
    this.#out.push(`${shown.length}\n`);
    for (const d of shown) {
      this.#out.push(`${d.offset}:${d.sym!.name}:${this.#span(d.start, d.stop)}`);
      this.#type(d.ty, false);
      this.#out.push('\n');
    }
  }

  #type(type: Type, full: boolean): void {
    const out = this.#out;
    const t = type.kind === Kind.AdtPick ? type.decl!.dot!.ty : type;
    const d = t.decl;
    if (!full && d !== null && d.ty.sbl >= 0) {
      out.push(`@${d.ty.sbl}\n`);
      return;
    }
    switch (t.kind) {
      case Kind.Fn:
        out.push('F');
        this.#decls(t.ids, Store.Arg);
        this.#type(t.tof!, false);
        return;
      case Kind.Array:
      case Kind.List:
      case Kind.Chan:
      case Kind.Ref:
        out.push(letters[t.kind]!);
        if (t.kind === Kind.Ref && t.tof!.kind === Kind.Fn) {
          const pair = this.#u.tfnptr;
          out.push(`t${pair.size}.`);
          this.#decls(pair.ids, Store.Field, true);
        } else this.#type(t.tof!, false);
        return;
      case Kind.Tuple:
      case Kind.Exception:
        out.push(`t${t.size}.`);
        this.#decls(t.ids, Store.Field);
        return;
      case Kind.Adt:
        this.#adt(t, d!);
        return;
      case Kind.Module:
        out.push(`m${d!.sym!.name}\n${this.#span(d!.start, d!.stop)}`);
        this.#decls(t.ids, Store.Global);
        return;
      default: {
        const letter = letters[t.kind];
        if (letter === undefined) throw new InternalError(`type of kind ${t.kind} in the symbol file`);
        out.push(letter);
      }
    }
  }

  #adt(t: Type, d: Decl): void {
    const out = this.#out;
    out.push(t.tags.length > 0 ? 'p' : 'a');
    if (d.dot !== null && !this.#u.isImplemented(d.dot.sym)) out.push(`${d.dot.sym!.name}->`);
    out.push(`${d.sym!.name} ${this.#span(d.start, d.stop)}${d.ty.size}\n`);
    this.#decls(t.ids, Store.Field);
    if (t.tags.length === 0) return;
    out.push(`${t.tags.length}\n`);
    let last: Type | null = null;
    for (const tag of t.tags) {
      out.push(`${tag.sym!.name}:${this.#span(tag.start, tag.stop)}`);
      if (last === tag.ty) out.push('\n');
      else {
        out.push(`${tag.ty.size}\n`);
        this.#decls(tag.ty.ids, Store.Field);
      }
      last = tag.ty;
    }
  }
}

export function symbolFile(u: Unit, m: CompiledModule): string {
  return new SymbolWriter(u).write(m);
}
