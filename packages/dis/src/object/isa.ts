/**
 * The instruction set of the Dis virtual machine: every opcode, what it does with its three operands, and the address
 * modes. "The Dis Virtual Machine Specification", sections "Addressing Modes" and "Instruction Set"; the opcodes from
 * 0x9e on came with the Limbo addendum (exceptions, fixed point, exponentiation, self).
 */

/** Object file magic numbers, dis(6): unsigned and signed modules. */
export const XMAGIC = 819248;
export const SMAGIC = 923426;

/** Runtime flags in the header. */
export const MUSTCOMPILE: number = 1 << 0;
export const DONTCOMPILE: number = 1 << 1;
export const SHAREMP: number = 1 << 2;
export const DYNMOD: number = 1 << 3;
/** The import section in its obsolete form, inside the data section. */
export const HASLDT0: number = 1 << 4;
export const HASEXCEPT: number = 1 << 5;
export const HASLDT: number = 1 << 6;

/** Source and destination address modes: three bits each, source in bits 3-5 of the mode byte, destination in 0-2. */
export const AMP = 0;
export const AFP = 1;
export const AIMM = 2;
export const AXXX = 3;
/** Or-ed with AMP or AFP: double indirect, offset2(offset(fp)). */
export const AIND = 4;

/** Middle operand address modes, bits 6-7 of the mode byte: none, $immediate, offset(fp), offset(mp). */
export const AXNON = 0x00;
export const AXIMM = 0x40;
export const AXINF = 0x80;
export const AXINM = 0xc0;

/** The mode byte of an instruction from its three address modes. */
export function modeByte(mid: number, src: number, dst: number): number {
  return mid | (src << 3) | dst;
}

/** A frame starts with these registers (word offsets times 4); temporaries follow, arguments start at MaxTemp. */
export const REGLINK = 0;
export const REGFRAME = 4;
export const REGMOD = 8;
export const REGTYP = 12;
/** Where the caller leaves the address that the return value goes to. */
export const REGRET = 16;
/** Scratch words of every frame; fixed-point instructions read their scale (STemp) and shift (DTemp) there. */
export const STemp = 20;
export const RTemp = 24;
export const DTemp = 28;
export const MaxTemp = 32;

/**
 * What an operand is to its instruction.
 * - none: absent
 * - byte, word, big, real: the value, of 1, 4, 8 and 8 bytes; short and shortreal: 2 and 4 bytes
 * - string, array, list, channel, module, pointer: a word that holds such a reference, or nil
 * - address: a word that receives the address of something inside another object; the collector does not see it
 * - frame: a word that holds the address of a frame
 * - block: memory whose bytes are moved, as many as the middle operand says (movm, consm, headm)
 * - typed: memory whose layout is the type descriptor that the middle operand names (movmp, consmp, headmp)
 * - message: memory whose layout is known to a channel only (send, recv)
 * - place: anything that has an address (lea)
 * - size: an immediate or word that counts bytes
 * - pc: an immediate instruction number
 * - type: an immediate type descriptor number of this module
 * - import: an immediate index into the import section
 * - link: an immediate index of an imported function, or -1 minus the index of an exported one
 * - alt, goto, case, casec, casel: a table in memory, as the instruction of that name lays it out
 */
export type Kind =
  | 'none'
  | 'byte'
  | 'word'
  | 'big'
  | 'real'
  | 'short'
  | 'shortreal'
  | 'string'
  | 'array'
  | 'list'
  | 'channel'
  | 'module'
  | 'pointer'
  | 'address'
  | 'frame'
  | 'block'
  | 'typed'
  | 'message'
  | 'place'
  | 'size'
  | 'pc'
  | 'type'
  | 'import'
  | 'link'
  | 'alt'
  | 'goto'
  | 'case'
  | 'casec'
  | 'casel';

export type Access = 'none' | 'read' | 'write' | 'update';

export interface OperandSpec {
  readonly kind: Kind;
  readonly access: Access;
  /** May be left out. A missing middle operand of a three-operand instruction is the destination operand. */
  readonly optional: boolean;
}

/** One opcode. `code` is its byte in the object file; `name` its mnemonic in assembler. */
export interface Opcode {
  readonly code: number;
  readonly name: string;
  readonly src: OperandSpec;
  readonly mid: OperandSpec;
  readonly dst: OperandSpec;
}

const kinds: Readonly<Record<string, Kind>> = {
  b: 'byte',
  w: 'word',
  l: 'big',
  f: 'real',
  h: 'short',
  r: 'shortreal',
  c: 'string',
  a: 'array',
  t: 'list',
  n: 'channel',
  m: 'module',
  p: 'pointer',
};

/** `w` read, `=w` written, `+w` read and written, trailing `?` optional, `-` absent. */
function operand(text: string): OperandSpec {
  if (text === '-') return { kind: 'none', access: 'none', optional: true };
  const access: Access = text[0] === '=' ? 'write' : text[0] === '+' ? 'update' : 'read';
  const optional = text.endsWith('?');
  const word = text.slice(access === 'read' ? 0 : 1, optional ? -1 : undefined);
  return { kind: kinds[word] ?? (word as Kind), access, optional };
}

// Rows are: mnemonic, source, middle, destination. The row's number is the opcode. `w?` in the middle of a
// three-operand instruction stands for "the destination, when absent"; in newc* it is the length of the buffer.
const rows = `
nop - - -
alt alt - =w
nbalt alt - =w
goto w - goto
call frame - pc
frame type - =frame
spawn frame - pc
runt - - -
load c import =m
mcall frame link m
mspawn frame link m
mframe m link =frame
ret - - -
jmp - - pc
case w - case
exit - - -
new type - =p
newa w type =a
newcb - w? =n
newcw - w? =n
newcf - w? =n
newcp - w? =n
newcm size w? =n
newcmp type w? =n
send message - n
recv n - =message
consb b - +t
consw w - +t
consp p - +t
consf f - +t
consm block size +t
consmp typed type +t
headb t - =b
headw t - =w
headp t - =p
headf t - =f
headm t size =block
headmp t type =typed
tail t - =t
lea place - =address
indx a =address w
movp p - =p
movm block size =block
movmp typed type =typed
movb b - =b
movw w - =w
movf f - =f
cvtbw b - =w
cvtwb w - =b
cvtfw f - =w
cvtwf w - =f
cvtca c - =a
cvtac a - =c
cvtwc w - =c
cvtcw c - =w
cvtfc f - =c
cvtcf c - =f
addb b b? =b
addw w w? =w
addf f f? =f
subb b b? =b
subw w w? =w
subf f f? =f
mulb b b? =b
mulw w w? =w
mulf f f? =f
divb b b? =b
divw w w? =w
divf f f? =f
modw w w? =w
modb b b? =b
andb b b? =b
andw w w? =w
orb b b? =b
orw w w? =w
xorb b b? =b
xorw w w? =w
shlb w b? =b
shlw w w? =w
shrb w b? =b
shrw w w? =w
insc w w +c
indc c w =w
addc c c? =c
lenc c - =w
lena a - =w
lenl t - =w
beqb b b pc
bneb b b pc
bltb b b pc
bleb b b pc
bgtb b b pc
bgeb b b pc
beqw w w pc
bnew w w pc
bltw w w pc
blew w w pc
bgtw w w pc
bgew w w pc
beqf f f pc
bnef f f pc
bltf f f pc
blef f f pc
bgtf f f pc
bgef f f pc
beqc c c pc
bnec c c pc
bltc c c pc
blec c c pc
bgtc c c pc
bgec c c pc
slicea w w +a
slicela a w a
slicec w w +c
indw a =address w
indf a =address w
indb a =address w
negf f - =f
movl l - =l
addl l l? =l
subl l l? =l
divl l l? =l
modl l l? =l
mull l l? =l
andl l l? =l
orl l l? =l
xorl l l? =l
shll w l? =l
shrl w l? =l
bnel l l pc
bltl l l pc
blel l l pc
bgtl l l pc
bgel l l pc
beql l l pc
cvtlf l - =f
cvtfl f - =l
cvtlw l - =w
cvtwl w - =l
cvtlc l - =c
cvtcl c - =l
headl t - =l
consl l - +t
newcl - w? =n
casec c - casec
indl a =address w
movpc w - =w
tcmp p - p
mnewz m w =p
cvtrf r - =f
cvtfr f - =r
cvtws w - =h
cvtsw h - =w
lsrw w w? =w
lsrl w l? =l
eclr - - -
newz type - =p
newaz w type =a
raise p - -
casel l - casel
mulx w w? =w
divx w w? =w
cvtxx w w =w
mulx0 w w? =w
divx0 w w? =w
cvtxx0 w w =w
mulx1 w w? =w
divx1 w w? =w
cvtxx1 w w =w
cvtfx f f =w
cvtxf w f =f
expw w w? =w
expl w l? =l
expf w f? =f
self - - =m
`;

/** All opcodes, indexed by code. */
export const opcodes: readonly Opcode[] = rows
  .trim()
  .split('\n')
  .map((row, code) => {
    const [name, src, mid, dst] = row.split(' ') as [string, string, string, string];
    return { code, name, src: operand(src), mid: operand(mid), dst: operand(dst) };
  });

/** One more than the largest opcode. */
export const MAXDIS: number = opcodes.length;

/** Mnemonic to opcode. */
export const opcodeNamed: ReadonlyMap<string, Opcode> = new Map(opcodes.map((op) => [op.name, op]));

/** The code of a mnemonic that is known to exist: `op('addw')`. Throws for any other word. */
export function op(name: string): number {
  const found = opcodeNamed.get(name);
  if (found === undefined) throw new RangeError(`no such opcode: ${name}`);
  return found.code;
}
