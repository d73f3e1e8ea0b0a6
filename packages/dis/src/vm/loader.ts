/** The `load` instruction: finding a module, checking it against what its user expects, and giving it data of its own. */

import { DisError } from '../errors.ts';
import { linkageData, linkageSlot } from '../heap/layout.ts';
import { hexBytes, internType, type TypeId, typeLinkage } from '../heap/types.ts';
import type { Import } from '../object/index.ts';
import type { BuiltinFunction, BuiltinModule, LazyModule } from './builtin.ts';
import { type Code, codeFrom } from './code.ts';
import { newData } from './data.ts';
import { Linkage } from './linkage.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';

/** Why a module cannot be loaded; becomes the process's error string. */
class LoadError extends Error {}

interface Loaded {
  readonly version: string;
  readonly code: Code;
}

const none: readonly Import[] = [];
const frameTypes = new WeakMap<BuiltinFunction, TypeId>();

/** The frame type of a built-in function; functions of variable arguments get theirs from the caller. */
function frameOf(f: BuiltinFunction): TypeId {
  let type = frameTypes.get(f);
  if (type === undefined) frameTypes.set(f, (type = internType(-1, Math.max(32, f.size), hexBytes(f.map))));
  return type;
}

export class Loader {
  private readonly machine: Machine;
  private readonly builtins: Map<string, BuiltinModule | LazyModule>;
  /** By path: what was loaded from there, while it is the same version. */
  private readonly loaded = new Map<string, Loaded>();

  /**
   * What a `load` expression last made, by its list of imports: loading the same module again costs memory of the machine,
   * which is limited, but not of the host.
   */
  private readonly linked = new WeakMap<readonly Import[], Linkage>();

  constructor(machine: Machine, builtins: readonly (BuiltinModule | LazyModule)[]) {
    this.machine = machine;
    this.builtins = new Map(builtins.map((b) => [b.name, b]));
  }

  /**
   * Loads what `path` names for process `p` and stores a reference to it, or nil, at `to`. Gives nothing when that is
   * done, or else how to do what takes time.
   */
  load(
    p: Process,
    path: string,
    list: number,
    to: number,
  ): ((signal: AbortSignal) => Promise<void>) | undefined {
    const imports = p.code?.object.imports?.[list] ?? [];
    const finish = (make: () => number): void => {
      let pointer = 0;
      try {
        pointer = make();
      } catch (error) {
        if (error instanceof DisError) throw error;
        p.errstr = error instanceof Error ? error.message : String(error);
      }
      this.machine.heap.setPointer(to, pointer);
    };
    if (path === '$self') {
      finish(() => this.self(p, imports));
      return undefined;
    }
    if (path.startsWith('$')) {
      const builtin = this.builtins.get(path);
      if (builtin !== undefined && 'load' in builtin) {
        return async (signal) => {
          const module = await builtin.load();
          this.builtins.set(path, module);
          if (!signal.aborted) finish(() => this.linkBuiltin(module, imports));
        };
      }
      finish(() => {
        if (builtin === undefined) throw new LoadError('module not built-in');
        return this.linkBuiltin(builtin, imports);
      });
      return undefined;
    }
    return async (signal) => {
      let file: { readonly data: Uint8Array; readonly version: string };
      try {
        file = await p.context.load(path, { signal });
      } catch (error) {
        if (signal.aborted) throw error;
        finish(() => {
          throw error;
        });
        return;
      }
      // Killed meanwhile: where the reference was to go may be gone.
      if (signal.aborted) return;
      finish(() => {
        const known = this.loaded.get(path);
        const code = known?.version === file.version ? known.code : codeFrom(file.data);
        this.loaded.set(path, { version: file.version, code });
        return this.link(path, code, imports);
      });
    };
  }

  /** A new reference to a module with data of its own; `imports` is what its user expects of it. */
  link(path: string, code: Code, imports: readonly Import[] | undefined): number {
    const linkage = this.linkageOf(path, code, imports ?? none);
    const data = newData(this.machine.heap, code);
    return this.reference(linkage, data);
  }

  private self(p: Process, imports: readonly Import[]): number {
    const own = this.machine.linkageAt(p.linkage);
    if (own?.code === undefined) throw new LoadError('module not loaded');
    const linkage = this.linkageOf(own.path, own.code, imports);
    return this.reference(linkage, this.machine.heap.retain(p.mp));
  }

  linkBuiltin(builtin: BuiltinModule, imports: readonly Import[]): number {
    const known = this.linked.get(imports);
    if (known?.builtin === builtin) return this.reference(known, 0);
    const functions = imports.map((i) => {
      const f = builtin.functions.find((e) => e.name === i.name);
      this.check(builtin.name, i, f?.signature);
      return f!;
    });
    const frames = Int32Array.from(functions, frameOf);
    const linkage = new Linkage(
      builtin.name,
      builtin.name,
      undefined,
      builtin,
      new Int32Array(functions.length),
      frames,
      functions,
    );
    this.linked.set(imports, linkage);
    return this.reference(linkage, 0);
  }

  private linkageOf(path: string, code: Code, imports: readonly Import[]): Linkage {
    const known = this.linked.get(imports);
    if (known?.code === code && known.path === path) return known;
    const pcs = new Int32Array(imports.length);
    const frames = new Int32Array(imports.length);
    imports.forEach((i, at) => {
      const e = code.exports.find((x) => x.name === i.name);
      this.check(code.name, i, e?.sig);
      pcs[at] = e!.pc;
      frames[at] = e!.frame;
    });
    const linkage = new Linkage(code.name, path, code, undefined, pcs, frames, []);
    this.linked.set(imports, linkage);
    return linkage;
  }

  /** A function that is not there has signature 0, in the words of the original. */
  private check(module: string, i: Import, signature: number | undefined): void {
    if (signature !== undefined && (signature | 0) === (i.sig | 0)) return;
    const hex = (n: number): string => (n >>> 0).toString(16);
    const text = `link typecheck ${module}->${i.name}() ${hex(signature ?? 0)}/${hex(i.sig)}`;
    this.machine.print(`${text}\n`);
    throw new LoadError(text);
  }

  private reference(linkage: Linkage, data: number): number {
    const { heap } = this.machine;
    let pointer: number;
    try {
      pointer = heap.newObject(typeLinkage);
    } catch (error) {
      heap.release(data);
      throw error;
    }
    heap.setWord(pointer + linkageData, data);
    heap.setWord(pointer + linkageSlot, this.machine.addLinkage(linkage));
    return pointer;
  }
}
