/**
 * The operators of expression trees: those that the parser makes, and those that only lowering makes (Adr, Ind, Indx,
 * Inds, Comma, Self, Used). Tables indexed by operator say what the passes need to know of each.
 */
export const Op = {
  Add: 1,
  AddAs: 2,
  /** Address of; made for fields of adts that are values. */
  Adr: 3,
  And: 4,
  AndAnd: 5,
  AndAs: 6,
  Array: 7,
  As: 8,
  Call: 9,
  Cast: 10,
  Chan: 11,
  /** An assignment to a temporary, then a value: arguments of calls that were put in line. */
  Comma: 12,
  Comp: 13,
  Cons: 14,
  Const: 15,
  Das: 16,
  Dec: 17,
  Div: 18,
  DivAs: 19,
  Dot: 20,
  Elem: 21,
  Eq: 22,
  Exp: 23,
  ExpAs: 24,
  /** A hidden argument: half of a function pointer passed to a polymorphic function. */
  FnPtr: 25,
  Geq: 26,
  Gt: 27,
  Hd: 28,
  /** A conditional expression; only from functions put in line. Its right is a Pair. */
  If: 29,
  Inc: 30,
  /** What an address points at. */
  Ind: 31,
  Index: 32,
  /** A character of a string. */
  Inds: 33,
  /** The address of an array element. */
  Indx: 34,
  Len: 35,
  Leq: 36,
  Load: 37,
  Lsh: 38,
  LshAs: 39,
  Lt: 40,
  Mdot: 41,
  Mod: 42,
  ModAs: 43,
  Mul: 44,
  MulAs: 45,
  Name: 46,
  Neg: 47,
  Neq: 48,
  Not: 49,
  Nothing: 50,
  Or: 51,
  OrAs: 52,
  OrOr: 53,
  /** Two expressions that belong together: bounds of a slice, arms of a conditional. */
  Pair: 54,
  PreDec: 55,
  PreInc: 56,
  Raise: 57,
  Range: 58,
  Rcv: 59,
  Ref: 60,
  Rsh: 61,
  RshAs: 62,
  /** A handle on the module being compiled. */
  Self: 63,
  Slice: 64,
  Snd: 65,
  Spawn: 66,
  Sub: 67,
  SubAs: 68,
  Tagof: 69,
  Tl: 70,
  Tuple: 71,
  /** A type in the brackets of a polymorphic instance. */
  Type: 72,
  /** A value that is computed and thrown away. */
  Used: 73,
  Wild: 74,
  Xor: 75,
  XorAs: 76,
} as const;

export const OpCount = 77;

/** How each operator reads in a message. */
export const spelling: string[] = new Array<string>(OpCount).fill('?');
const spelt: [number, string][] = [
  [Op.Add, '+'],
  [Op.AddAs, '+='],
  [Op.Adr, '&'],
  [Op.And, '&'],
  [Op.AndAnd, '&&'],
  [Op.AndAs, '&='],
  [Op.Array, 'array'],
  [Op.As, '='],
  [Op.Call, 'call'],
  [Op.Cast, 'cast'],
  [Op.Chan, 'chan'],
  [Op.Comma, ','],
  [Op.Comp, '~'],
  [Op.Cons, '::'],
  [Op.Const, 'constant'],
  [Op.Das, ':='],
  [Op.Dec, '--'],
  [Op.Div, '/'],
  [Op.DivAs, '/='],
  [Op.Dot, '.'],
  [Op.Eq, '=='],
  [Op.Exp, '**'],
  [Op.ExpAs, '**='],
  [Op.Geq, '>='],
  [Op.Gt, '>'],
  [Op.Hd, 'hd'],
  [Op.If, 'if'],
  [Op.Inc, '++'],
  [Op.Ind, '*'],
  [Op.Index, '[]'],
  [Op.Inds, '[]'],
  [Op.Indx, '[]'],
  [Op.Len, 'len'],
  [Op.Leq, '<='],
  [Op.Load, 'load'],
  [Op.Lsh, '<<'],
  [Op.LshAs, '<<='],
  [Op.Lt, '<'],
  [Op.Mdot, '->'],
  [Op.Mod, '%'],
  [Op.ModAs, '%='],
  [Op.Mul, '*'],
  [Op.MulAs, '*='],
  [Op.Neg, '-'],
  [Op.Neq, '!='],
  [Op.Not, '!'],
  [Op.Or, '|'],
  [Op.OrAs, '|='],
  [Op.OrOr, '||'],
  [Op.PreDec, '--'],
  [Op.PreInc, '++'],
  [Op.Raise, 'raise'],
  [Op.Range, 'to'],
  [Op.Rcv, '<-'],
  [Op.Ref, 'ref'],
  [Op.Rsh, '>>'],
  [Op.RshAs, '>>='],
  [Op.Slice, '[:]'],
  [Op.Snd, '<-='],
  [Op.Spawn, 'spawn'],
  [Op.Sub, '-'],
  [Op.SubAs, '-='],
  [Op.Tagof, 'tagof'],
  [Op.Tl, 'tl'],
  [Op.Wild, '*'],
  [Op.Xor, '^'],
  [Op.XorAs, '^='],
];
for (const [op, text] of spelt) spelling[op] = text;

function table(entries: readonly (readonly [number, number])[]): Uint8Array {
  const t = new Uint8Array(OpCount);
  for (const [op, value] of entries) t[op] = value;
  return t;
}

/** The operator that gives the same with its operands exchanged; 0: none does. */
export const commuted: Uint8Array = table([
  [Op.Eq, Op.Eq],
  [Op.Neq, Op.Neq],
  [Op.Lt, Op.Gt],
  [Op.Gt, Op.Lt],
  [Op.Geq, Op.Leq],
  [Op.Leq, Op.Geq],
  [Op.Add, Op.Add],
  [Op.Mul, Op.Mul],
  [Op.Xor, Op.Xor],
  [Op.Or, Op.Or],
  [Op.And, Op.And],
]);

/** The comparison that holds exactly when this one does not. */
export const inverted: Uint8Array = table([
  [Op.Eq, Op.Neq],
  [Op.Neq, Op.Eq],
  [Op.Lt, Op.Geq],
  [Op.Gt, Op.Leq],
  [Op.Geq, Op.Lt],
  [Op.Leq, Op.Gt],
]);

function set(ops: readonly number[]): Uint8Array {
  return table(ops.map((op) => [op, 1] as const));
}

/** Yields 0 or 1 and is compiled as a branch. */
export const isCondition: Uint8Array = set([
  Op.Eq,
  Op.Neq,
  Op.Lt,
  Op.Leq,
  Op.Gt,
  Op.Geq,
  Op.AndAnd,
  Op.OrOr,
  Op.Not,
]);

const effects = [
  Op.As,
  Op.Das,
  Op.AddAs,
  Op.SubAs,
  Op.MulAs,
  Op.DivAs,
  Op.ModAs,
  Op.ExpAs,
  Op.AndAs,
  Op.OrAs,
  Op.XorAs,
  Op.LshAs,
  Op.RshAs,
  Op.Inc,
  Op.Dec,
  Op.PreInc,
  Op.PreDec,
  Op.Call,
  Op.Raise,
  Op.Spawn,
  Op.Snd,
  Op.Rcv,
];

/** Makes sense as a statement of its own. */
export const isEffect: Uint8Array = set([...effects, Op.Nothing]);

/** May change something, allocate, or raise an exception when evaluated. */
export const mayFail: Uint8Array = set([
  ...effects,
  Op.Adr,
  Op.Array,
  Op.Cast,
  Op.Chan,
  Op.Cons,
  Op.Div,
  Op.Dot,
  Op.Ind,
  Op.Index,
  Op.Inds,
  Op.Indx,
  Op.Len,
  Op.Load,
  Op.Mod,
  Op.Ref,
]);
