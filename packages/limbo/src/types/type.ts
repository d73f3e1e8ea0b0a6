import type { Node } from '../ast/node.ts';
import type { FunctionDefinition } from '../ast/statement.ts';
import type { Inst } from '../codegen/instruction.ts';

/** Kinds of types. Those after Poly are not visible to programs, or stand for a name that is not resolved yet. */
export const Kind = {
  None: 0,
  Adt: 1,
  /** One case of an adt with pick tags. */
  AdtPick: 2,
  Array: 3,
  Big: 4,
  Byte: 5,
  Chan: 6,
  Real: 7,
  Fn: 8,
  Int: 9,
  List: 10,
  Module: 11,
  Ref: 12,
  String: 13,
  Tuple: 14,
  Exception: 15,
  Fix: 16,
  Poly: 17,
  ArrayInit: 18,
  /** The channel table of an alt. */
  Alt: 19,
  /** The type of nil. */
  Any: 20,
  /** module->name, unresolved. */
  Arrow: 21,
  Case: 22,
  CaseBig: 23,
  CaseString: 24,
  /** adt.tag, unresolved. */
  Dot: 25,
  Error: 26,
  Goto: 27,
  Id: 28,
  /** What a module needs of another: its import table. */
  Iface: 29,
  Handlers: 30,
  /** adt[types], unresolved. */
  Inst: 31,
} as const;

/** How each kind reads in a message. */
export const kindName: readonly string[] = [
  'no type',
  'adt',
  'adt',
  'array',
  'big',
  'byte',
  'chan',
  'real',
  'fn',
  'int',
  'list',
  'module',
  'ref',
  'string',
  'tuple',
  'exception',
  'fixed',
  'polymorphic',
  'array initializers',
  'alt channels',
  'nil',
  '->',
  'case labels',
  'case labels',
  'case labels',
  '.',
  'error',
  'goto labels',
  'name',
  'module interface',
  'exception handlers',
  'instantiated type',
];

function kinds(...list: number[]): Uint8Array {
  const t = new Uint8Array(32);
  for (const k of list) t[k] = 1;
  return t;
}

/** A word that the collector follows. */
export const isPointer: Uint8Array = kinds(
  Kind.Array,
  Kind.Chan,
  Kind.List,
  Kind.Module,
  Kind.Ref,
  Kind.String,
  Kind.Poly,
  Kind.Any,
);
/** `ref` of it makes sense. */
export const canRef: Uint8Array = kinds(Kind.Adt, Kind.AdtPick, Kind.Fn, Kind.Tuple, Kind.Error, Kind.Inst);
/** Can be the type of a constant. */
export const canCon: Uint8Array = kinds(
  Kind.Adt,
  Kind.Big,
  Kind.Byte,
  Kind.Int,
  Kind.Real,
  Kind.String,
  Kind.Tuple,
  Kind.Fix,
  Kind.Error,
  Kind.Inst,
);
/** Larger than a word, or of a layout of its own: its temporaries are pooled by layout. */
export const isLarge: Uint8Array = kinds(
  Kind.Adt,
  Kind.AdtPick,
  Kind.Big,
  Kind.Real,
  Kind.Tuple,
  Kind.Exception,
  Kind.ArrayInit,
  Kind.Alt,
  Kind.Case,
  Kind.CaseBig,
  Kind.CaseString,
  Kind.Goto,
  Kind.Iface,
  Kind.Handlers,
  Kind.Inst,
);
/** Shown in the symbol file. */
export const isVisible: Uint8Array = kinds(
  Kind.Adt,
  Kind.AdtPick,
  Kind.Array,
  Kind.Big,
  Kind.Byte,
  Kind.Chan,
  Kind.Real,
  Kind.Fn,
  Kind.Int,
  Kind.List,
  Kind.Module,
  Kind.Ref,
  Kind.String,
  Kind.Tuple,
  Kind.Exception,
  Kind.Fix,
  Kind.Poly,
  Kind.Arrow,
  Kind.Dot,
  Kind.Id,
  Kind.Inst,
);

/** What a declared name stands for. */
export const Store = {
  Type: 0,
  Fn: 1,
  Global: 2,
  Arg: 3,
  Local: 4,
  Const: 5,
  Field: 6,
  Tag: 7,
  Import: 8,
  /** A name that was seen and not looked up yet. */
  Unbound: 9,
  Undef: 10,
  /** Not declared, or wrong, and already complained about. */
  Wundef: 11,
} as const;

export const storeName: readonly string[] = [
  'type',
  'function',
  'global',
  'argument',
  'local',
  'con',
  'field',
  'pick tag',
  'import',
  'unbound name',
  'undefined name',
  'undefined name',
];

/** Takes up space where it is declared. */
export const takesSpace: Uint8Array = new Uint8Array([0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0]);

/** Steps of making a type usable; each is done once, and cycles stop where the step has begun. */
export const Ok = {
  Bind: 1,
  Verify: 2,
  Sized: 4,
  Used: 8,
  Class: 16,
  Cycle: 32,
  CycleSize: 64,
  ModRef: 128,
  All: 255,
  /** Recursion has looked at it; a recursive type can be reached from it. */
  Traced: 256,
  ReachesRecursive: 512,
} as const;

/** Marks of walks over types that may be cyclic. */
export const Mark = { Equal: 1, Compat: 2, Cycle: 4, Visit: 8 } as const;

export const TypeFlag = {
  /** Hidden arguments for function pointers were added. */
  FullArgs: 1,
  /** An instance of a polymorphic adt. */
  Instance: 2,
  /** Qualified with cyclic. */
  Cyclic: 4,
  Poly: 8,
  NoPoly: 16,
} as const;

/** An identifier or keyword; one object per spelling and compilation. */
export class Sym {
  readonly name: string;
  /** Keyword token, or the identifier token. */
  token: number;
  /** The declaration that is in force. */
  decl: Decl | null = null;
  /** Place holder shared by the names that are not looked up yet. */
  unbound: Decl | null = null;

  constructor(name: string, token: number) {
    this.name = name;
    this.token = token;
  }
}

/** A layout: bytes, and a bit for each word that is a pointer. */
export class Desc {
  id = -1;
  used = false;
  readonly map: Uint8Array;
  readonly size: number;

  constructor(map: Uint8Array, size: number) {
    this.map = map;
    this.size = size;
  }
}

/** One label of a case, alt, array initializer or handler. */
export interface Label {
  /** What the label belongs to: an arm, or an Elem node. */
  node: object | null;
  /** True when the channel of this alt entry is kept alive by the table itself. */
  isPointer: boolean;
  start: Node;
  stop: Node;
  inst: Inst | null;
}

export interface CaseTable {
  labels: Label[];
  /** Number of senders among the entries of an alt. */
  senders: number;
  entries: number;
  /** The arm, element or guard that matches anything. */
  wild: object | null;
  wildInst: Inst | null;
}

/** Types that are equal share one. */
export interface Equivalence {
  /** Number while a signature is made, 0 otherwise. */
  id: number;
  type: Type;
}

/** A type variable and what it stands for. */
export interface Binding {
  readonly from: Type;
  readonly to: Type;
}

export const noDecls: Decl[] = [];
Object.freeze(noDecls);

export class Type {
  kind: number;
  start: number;
  stop: number;
  tof: Type | null;
  /** Fields, arguments or members. */
  ids: Decl[];
  /** Pick cases of an adt. */
  tags: Decl[] = noDecls;
  /** Type variables of a function or adt. */
  polys: Decl[] = noDecls;
  decl: Decl | null = null;
  varargs = false;
  ok = 0;
  /** All functions of the interface are linked, because the module may be passed on. */
  linkAll = false;
  rec = 0;
  /** The declaration of an exception, not a value of it. */
  cons = false;
  align = 0;
  size = 0;
  flags = 0;
  /** Number in the symbol file; -1: none. */
  sbl = -1;
  sig = 0;
  cases: CaseTable | null = null;
  teq: Type | null = null;
  tcom: Type | null = null;
  eq: Equivalence | null = null;
  /** Scale of a fixed point type. */
  scale: Node | null = null;
  /** Largest value of a fixed point type, when given. */
  limit: Node | null = null;
  /** Constraints on the type variables, from `for { ... }`, until merged. */
  constraints: PolyConstraint[] | null = null;
  /** The raises clause of a function: a Tuple node of names. */
  raises: Node | null = null;
  /** Actual types of an instance that is not resolved yet. */
  actuals: Type[] | null = null;
  /** What the type variables of an instance stand for; the latest binding first. */
  bindings: Binding[] | null = null;

  constructor(kind: number, start: number, stop: number, tof: Type | null, ids: Decl[]) {
    this.kind = kind;
    this.start = start;
    this.stop = stop;
    this.tof = tof;
    this.ids = ids;
  }
}

/** `T => f: fn(...);` in a for clause. */
export interface PolyConstraint {
  readonly ids: Decl[];
  readonly fields: Decl[][];
}

/** A copy that shares everything but the object itself. */
export function cloneType(t: Type): Type {
  const c = new Type(t.kind, t.start, t.stop, t.tof, t.ids);
  c.tags = t.tags;
  c.polys = t.polys;
  c.decl = t.decl;
  c.varargs = t.varargs;
  c.ok = t.ok;
  c.linkAll = t.linkAll;
  c.rec = t.rec;
  c.cons = t.cons;
  c.align = t.align;
  c.size = t.size;
  c.flags = t.flags;
  c.sbl = t.sbl;
  c.sig = t.sig;
  c.cases = t.cases;
  c.teq = t.teq;
  c.tcom = t.tcom;
  c.eq = t.eq;
  c.scale = t.scale;
  c.limit = t.limit;
  c.constraints = t.constraints;
  c.raises = t.raises;
  c.actuals = t.actuals;
  c.bindings = t.bindings;
  return c;
}

export class Decl {
  start: number;
  stop: number;
  sym: Sym | null;
  store: number;
  ty: Type;
  /** 1 for a name of its own; for names of one tuple declaration their number on the first, 0 on the others. */
  nid = 1;
  /** The names declared by one tuple, in order. */
  group: Decl[] | null = null;
  /** 1: calls are replaced by the body. -1: must not be, its address is taken. */
  inline = 0;
  /** Declared with :=. */
  das = false;
  /** The adt or module it is a member of. */
  dot: Decl | null = null;
  refs = 0;
  offset = 0;
  tag = 0;
  scope = 0;
  /** A function with an exception handler in its body. */
  handler = false;
  /** The declaration that this one hides. */
  old: Decl | null = null;
  /** The module expression that it was imported from, and the member. */
  eimport: Node | null = null;
  importid: Decl | null = null;
  /** The import that gives the module for calls of an adt's methods. */
  timport: Decl | null = null;
  /** Initial value, or value of a constant. */
  init: Node | null = null;
  fn: FunctionDefinition | null = null;
  /** Temporaries: 1 free, more: in use. Other locals: 1 when something shares their place at the moment. */
  tref = 0;
  /** A field through which a cycle can be made; qualified with cyclic; complained about. */
  cycle = false;
  cyclic = false;
  cycleError = false;
  /** A self argument. */
  implicit = false;
  /** Twin in the module's interface, or the other way round. */
  iface: Decl | null = null;
  locals: Decl[] = noDecls;
  /** The local whose place is shared; the function or adt that an instance was made from. */
  link: Decl | null = null;
  /** The two hidden arguments for a function of a type variable. */
  pointers: [Decl, Decl] | null = null;
  pc: Inst | null = null;
  desc: Desc | null = null;

  constructor(start: number, stop: number, store: number, sym: Sym | null, ty: Type) {
    this.start = start;
    this.stop = stop;
    this.store = store;
    this.sym = sym;
    this.ty = ty;
  }
}

export function cloneDecl(d: Decl): Decl {
  const c = new Decl(d.start, d.stop, d.store, d.sym, d.ty);
  c.nid = d.nid;
  c.group = d.group;
  c.inline = d.inline;
  c.das = d.das;
  c.dot = d.dot;
  c.refs = d.refs;
  c.offset = d.offset;
  c.tag = d.tag;
  c.scope = d.scope;
  c.handler = d.handler;
  c.old = d.old;
  c.eimport = d.eimport;
  c.importid = d.importid;
  c.timport = d.timport;
  c.init = d.init;
  c.fn = d.fn;
  c.tref = d.tref;
  c.cycle = d.cycle;
  c.cyclic = d.cyclic;
  c.cycleError = d.cycleError;
  c.implicit = d.implicit;
  c.iface = d.iface;
  c.locals = d.locals;
  c.link = d.link;
  c.pointers = d.pointers;
  c.pc = d.pc;
  c.desc = d.desc;
  return c;
}

/** The name, for messages. */
export function nameOf(d: Decl | null): string {
  return d?.sym?.name ?? 'nil';
}

/** The member called `sym`. */
export function member(ids: readonly Decl[], sym: Sym | null): Decl | null {
  for (let i = 0; i < ids.length; i++) if (ids[i]!.sym === sym) return ids[i]!;
  return null;
}

function basic(kind: number, size: number, align: number): Type {
  const t = new Type(kind, -1, -1, null, noDecls);
  t.size = size;
  t.align = align;
  t.ok = Ok.All;
  return t;
}

/**
 * The types of the language itself. They are shared by all compilations, which is safe because a compilation runs to
 * its end without interruption; what one hangs on them is cleared when the next starts.
 */
export const tbig: Type = basic(Kind.Big, 8, 8);
export const tbyte: Type = basic(Kind.Byte, 1, 1);
export const tint: Type = basic(Kind.Int, 4, 4);
export const treal: Type = basic(Kind.Real, 8, 8);
export const tstring: Type = basic(Kind.String, 4, 4);
export const texception: Type = basic(Kind.Exception, 4, 4);
export const tany: Type = basic(Kind.Any, 4, 4);
export const tnone: Type = basic(Kind.None, 0, 1);
export const terror: Type = basic(Kind.Error, 0, 1);
/** The type of a constant or import whose declaration has not been reached. */
export const tunknown: Type = basic(Kind.Error, 0, 1);
/** No type yet: of names before they are checked. */
export const tunset: Type = basic(Kind.Error, 0, 1);
export const rtexception: Type = basic(Kind.Ref, 4, 4);
rtexception.tof = texception;

export function clearBuiltins(): void {
  for (const t of [
    tbig,
    tbyte,
    tint,
    treal,
    tstring,
    texception,
    tany,
    tnone,
    terror,
    tunknown,
    tunset,
    rtexception,
  ]) {
    t.decl = null;
    t.eq = null;
    t.teq = null;
    t.tcom = null;
    t.rec = 0;
    t.sbl = -1;
    t.ok = Ok.All;
    if (t !== rtexception) t.tof = null;
    t.ids = noDecls;
    t.flags = 0;
  }
}
