import { op } from '@llambo/dis/object';
import { Op, OpCount } from '../ast/ops.ts';
import { Kind } from '../types/type.ts';

/** Columns of the operator table: other, byte, int, big, real, string, fixed. */
const Columns = 7;
const column = new Uint8Array(32);
column[Kind.Byte] = 1;
column[Kind.Int] = 2;
column[Kind.Big] = 3;
column[Kind.Real] = 4;
column[Kind.String] = 5;
column[Kind.Fix] = 6;

const table = new Uint8Array(OpCount * Columns);

/** Mnemonics by column; '-' for none. */
function row(ops: readonly number[], names: string): void {
  names.split(' ').forEach((name, i) => {
    if (name !== '-') for (const o of ops) table[o * Columns + i] = op(name);
  });
}

row([Op.Add, Op.AddAs], '- addb addw addl addf addc addw');
row([Op.Inc], '- addb addw addl addf - addw');
row([Op.Sub, Op.SubAs, Op.Dec], '- subb subw subl subf - subw');
row([Op.Mul, Op.MulAs], '- mulb mulw mull mulf - mulx');
row([Op.Div, Op.DivAs], '- divb divw divl divf - divx');
row([Op.Mod, Op.ModAs], '- modb modw modl - - -');
row([Op.And, Op.AndAs], '- andb andw andl - - -');
row([Op.Or, Op.OrAs], '- orb orw orl - - -');
row([Op.Xor, Op.XorAs], '- xorb xorw xorl - - -');
row([Op.Lsh, Op.LshAs], '- shlb shlw shll - - -');
row([Op.Rsh, Op.RshAs], '- shrb shrw shrl - - -');
row([Op.Exp, Op.ExpAs], '- - expw expl expf - -');
row([Op.Neg], '- - - - negf - -');
row([Op.Inds], '- - indc - - - -');
row([Op.Eq], 'beqw beqb beqw beql beqf beqc beqw');
row([Op.Neq], 'bnew bneb bnew bnel bnef bnec bnew');
row([Op.Lt], '- bltb bltw bltl bltf bltc bltw');
row([Op.Leq], '- bleb blew blel blef blec blew');
row([Op.Gt], '- bgtb bgtw bgtl bgtf bgtc bgtw');
row([Op.Geq], '- bgeb bgew bgel bgef bgec bgew');

/** The instruction for an operator on a kind of value; 0: none. */
export function instructionFor(operator: number, kind: number): number {
  return table[operator * Columns + column[kind]!]!;
}

/** How a value gets where it goes: assigned, put in front of a list, taken off one. */
export const Move = { As: 0, Cons: 1, Hd: 2, Tl: 3 } as const;

const moves = new Uint8Array(4 * 32);
const channels = new Uint8Array(32);

function move(kinds: readonly number[], names: string): void {
  names.split(' ').forEach((name, i) => {
    if (name === '-') return;
    for (const k of kinds) {
      if (i === 4) channels[k] = op(name);
      else moves[i * 32 + k] = op(name);
    }
  });
}

move([Kind.Adt, Kind.Tuple], 'movm consm headm - newcm');
move([Kind.Exception], 'movm consm headm - newcm');
move([Kind.AdtPick], 'movm - - - -');
move(
  [Kind.Array, Kind.Chan, Kind.Module, Kind.Ref, Kind.String, Kind.Poly, Kind.Any],
  'movp consp headp - newcp',
);
move([Kind.List], 'movp consp headp tail newcp');
move([Kind.Big], 'movl consl headl - newcl');
move([Kind.Byte], 'movb consb headb - newcb');
move([Kind.Real], 'movf consf headf - newcf');
move([Kind.Int, Kind.Fix], 'movw consw headw - newcw');

export function moveFor(how: number, kind: number): number {
  return moves[how * 32 + kind]!;
}

export function channelFor(kind: number): number {
  return channels[kind]!;
}

const byteInstructions = new Set(
  'mulb subb addb divb orb xorb shlb shrb modb andb beqb bneb bltb bleb bgtb bgeb'.split(' ').map(op),
);

/** Whether the middle operand is a byte. */
export function isByteInstruction(o: number): boolean {
  return byteInstructions.has(o);
}
