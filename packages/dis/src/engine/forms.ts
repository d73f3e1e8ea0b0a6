/**
 * Instruction forms that the interpreter runs without resolving operands: the common opcodes with their common address
 * modes. A form's number is its place in this list, and the label of its case in interp.ts.
 *
 * Letters are the modes of source, middle and destination: i immediate, f offset(fp), m offset(mp), x offset(offset(fp)).
 */
const names = `
-
movw i f
movw f f
movw m f
movw f m
movw i m
movw x f
movw f x
movw i x
movp f f
movp m f
movp f m
movp x f
movp f x
lea f f
lea m f
jmp i
call f i
frame i f
ret
addw f f f
addw i f f
subw f f f
subw i f f
mulw f f f
mulw i f f
andw f f f
andw i f f
orw f f f
orw i f f
xorw f f f
shlw f f f
shlw i f f
shrw f f f
shrw i f f
beqw f f
beqw i f
beqw f i
bnew f f
bnew i f
bnew f i
bltw f f
bltw i f
bltw f i
blew f f
blew i f
blew f i
bgtw f f
bgtw i f
bgtw f i
bgew f f
bgew i f
bgew f i
indw f f f
indw m f f
indb f f f
indb m f f
indx f f f
indx m f f
indl f f f
indl m f f
movb x f
movb f x
cvtbw x f
cvtbw f f
cvtwb f x
cvtwb f f
movl f f
movl x f
movl f x
addf f f f
subf f f f
mulf f f f
divf f f f
addl f f f
subl f f f
headp f f
headw f f
tail f f
lena f f
lenc f f
addw i m m
lea f x
movp m x
movp x x
movw x x
movw m x
beqw m f
bnew m f
beqw i m
indb f f i
indw f f i
indc f f f
consp f f
new i f
mull f f f
andl f f f
shll i f f
cvtlw f f
cvtwl f f
`;

/** Form numbers by name. */
export const forms: ReadonlyMap<string, number> = new Map(
  names
    .trim()
    .split('\n')
    .map((name, i) => [name, i]),
);
