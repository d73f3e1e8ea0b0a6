/** What every opcode does: rows of code, what places hold before, and what they hold after or the exception raised. */

import type { Case, Value } from './harness.ts';

type Row = readonly [
  code: string,
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>> | string,
  more?: string,
];

const min = -2147483648;
const max = 2147483647;
const lmin = -(2n ** 63n);
const lmax = 2n ** 63n - 1n;

export const rows: readonly Row[] = [
  ['nop', { w0: 1 }, { w0: 1 }],
  ['runt', { w0: 1 }, { w0: 1 }],
  ['eclr', { w0: 1 }, { w0: 1 }],

  // Moves.
  ['movw $5,w0', {}, { w0: 5 }],
  ['movw $-5,Fw0; movw Fw0,w0', {}, { w0: -5 }],
  ['movw w1,Fw0; movw Fw0,Fw1; movw Fw1,w0', { w1: max }, { w0: max }],
  ['movw w1,w0', { w1: min }, { w0: min }],
  ['lea w1,Fa0; movw 0(Fa0),w0', { w1: 7 }, { w0: 7 }],
  ['lea w1,a0; movw $9,0(a0)', {}, { w1: 9 }],
  ['lea w1,Fa0; movw 0(Fa0),Fw0; movw Fw0,w0', { w1: 9 }, { w0: 9 }],
  ['lea w1,Fa0; movw $9,0(Fa0)', {}, { w1: 9 }],
  ['lea w1,Fa0; movw $9,Fw0; movw Fw0,0(Fa0)', {}, { w1: 9 }],
  ['lea w1,Fa0; lea w2,Fa1; movw 0(Fa0),0(Fa1)', { w1: 3 }, { w2: 3 }],
  ['lea w1,Fa0; movw w2,0(Fa0)', { w2: 3 }, { w1: 3 }],
  ['lea Fw1,Fa0; movw $4,0(Fa0); movw Fw1,w0', {}, { w0: 4 }],
  ['lea w1,a0; lea a2,Fa1; lea Fw3,0(Fa1); movw $6,0(a2); movw Fw3,w0', {}, { w0: 6 }],
  ['movb $300,b0', {}, { b0: 44 }],
  ['movb b1,Fb0; movb Fb0,b0', { b1: 200 }, { b0: 200 }],
  ['movb b1,Fb0; lea b0,Fa0; movb Fb0,0(Fa0)', { b1: 201 }, { b0: 201 }],
  ['lea b1,Fa0; movb 0(Fa0),Fb1; movb Fb1,b0', { b1: 202 }, { b0: 202 }],
  ['movl l1,l0', { l1: lmin }, { l0: lmin }],
  ['movl l1,Fl0; movl Fl0,Fl1; movl Fl1,l0', { l1: lmax }, { l0: lmax }],
  [
    'lea l1,Fa0; movl 0(Fa0),Fl0; lea l0,Fa1; movl Fl0,0(Fa1)',
    { l1: 0x123456789abcdefn },
    { l0: 0x123456789abcdefn },
  ],
  ['movf f1,f0', { f1: -0.5 }, { f0: -0.5 }],
  ['movf f1,Ff0; movf Ff0,f0', { f1: Number.NaN }, { f0: Number.NaN }],
  ['movp p1,p0', { p1: 'x' }, { p0: 'x', p1: 'x' }],
  ['movp p1,Fp0; movp Fp0,Fp1; movp Fp1,p0', { p1: 'x', p0: 'y' }, { p0: 'x' }],
  ['movp p1,p0', { p0: 'x' }, { p0: null }],
  ['new $7,Fp0; movp p1,0(Fp0); movp 0(Fp0),Fp1; movp Fp1,4(Fp0); movp 4(Fp0),p0', { p1: 'x' }, { p0: 'x' }],
  ['new $7,Fp0; new $7,Fp1; movp p1,0(Fp0); movp 0(Fp0),0(Fp1); movp 0(Fp1),p0', { p1: 'x' }, { p0: 'x' }],
  ['movm l1,$8,l0', { l1: 77n }, { l0: 77n }],
  ['movmp p0,$8,p2', { p0: 'a', p1: 'b', p2: 'c' }, { p2: 'a', p3: 'b' }],
  ['movpc $1,w0', {}, { w0: 1 }],
  ['movp 0(Fp0),p0', {}, 'dereference of nil'],
  ['movw $1,0(Fp0)', {}, 'dereference of nil'],
  ['movw 4(p0),w0', {}, 'dereference of nil'],

  // Words.
  ['addw $2,w1,w0', { w1: 3 }, { w0: 5 }],
  ['addw $1,w0', { w0: max }, { w0: min }],
  ['movw w1,Fw1; movw w2,Fw2; addw Fw1,Fw2,Fw0; movw Fw0,w0', { w1: 40, w2: 2 }, { w0: 42 }],
  ['movw w1,Fw1; addw Fw1,$7,Fw0; movw Fw0,w0', { w1: 40 }, { w0: 47 }],
  ['subw $2,w1,w0', { w1: 3 }, { w0: 1 }],
  ['movw w1,Fw1; movw w2,Fw2; subw Fw1,Fw2,Fw0; subw $1,Fw0; movw Fw0,w0', { w1: 40, w2: 2 }, { w0: -39 }],
  ['mulw w1,w2,w0', { w1: 65537, w2: 65537 }, { w0: 131073 }],
  ['movw w1,Fw1; mulw $3,Fw1; mulw Fw1,Fw1,Fw0; movw Fw0,w0', { w1: 5 }, { w0: 225 }],
  ['divw w1,w2,w0', { w1: 7, w2: -50 }, { w0: -7 }],
  ['divw $-1,w1,w0', { w1: min }, { w0: min }],
  ['divw w1,w2,w0', { w1: 0, w2: 1 }, 'zero divide'],
  ['modw w1,w2,w0', { w1: 7, w2: -50 }, { w0: -1 }],
  ['modw w1,w2,w0', { w1: 0, w2: 1 }, 'zero divide'],
  ['andw w1,w2,w0', { w1: 12, w2: 10 }, { w0: 8 }],
  ['orw w1,w2,w0', { w1: 12, w2: 10 }, { w0: 14 }],
  ['xorw w1,w2,w0', { w1: 12, w2: 10 }, { w0: 6 }],
  ['movw w1,Fw1; movw w2,Fw2; andw Fw1,Fw2,Fw0; movw Fw0,w0', { w1: 12, w2: 10 }, { w0: 8 }],
  [
    'movw w1,Fw1; andw $10,Fw1; orw $1,Fw1; orw Fw1,Fw1; xorw Fw1,Fw1,Fw2; movw Fw1,w0; movw Fw2,w1',
    { w1: 12 },
    { w0: 9, w1: 0 },
  ],
  ['shlw $4,w1,w0', { w1: -1 }, { w0: -16 }],
  ['shrw $4,w1,w0', { w1: -256 }, { w0: -16 }],
  ['lsrw $4,w1,w0', { w1: -1 }, { w0: 268435455 }],
  ['movw w1,Fw1; movw w2,Fw2; shlw Fw2,Fw1; shlw $1,Fw1; movw Fw1,w0', { w1: 3, w2: 2 }, { w0: 24 }],
  ['movw w1,Fw1; movw w2,Fw2; shrw Fw2,Fw1; shrw $1,Fw1; movw Fw1,w0', { w1: -64, w2: 2 }, { w0: -8 }],
  ['expw $5,w1,w0', { w1: 3 }, { w0: 243 }],
  ['expw $-1,w1,w0', { w1: 3 }, { w0: 0 }],
  ['expw $-1,w1,w0', { w1: 0 }, 'zero divide'],

  // Bytes.
  ['addb b1,b2,b0', { b1: 200, b2: 100 }, { b0: 44 }],
  ['subb b1,b2,b0', { b1: 200, b2: 100 }, { b0: 156 }],
  ['mulb b1,b2,b0', { b1: 20, b2: 100 }, { b0: 208 }],
  ['divb b1,b2,b0', { b1: 7, b2: 100 }, { b0: 14 }],
  ['divb b1,b2,b0', { b1: 0, b2: 100 }, 'zero divide'],
  ['modb b1,b2,b0', { b1: 7, b2: 100 }, { b0: 2 }],
  ['modb b1,b2,b0', { b1: 0, b2: 100 }, 'zero divide'],
  ['andb b1,b2,b0', { b1: 12, b2: 10 }, { b0: 8 }],
  ['orb b1,b2,b0', { b1: 12, b2: 10 }, { b0: 14 }],
  ['xorb b1,b2,b0', { b1: 12, b2: 10 }, { b0: 6 }],
  ['shlb $4,b1,b0', { b1: 255 }, { b0: 240 }],
  ['shrb $4,b1,b0', { b1: 255 }, { b0: 15 }],

  // Bigs.
  ['addl l1,l2,l0', { l1: lmax, l2: 1n }, { l0: lmin }],
  ['addl l1,l2,l0', { l1: 0xffffffffn, l2: 1n }, { l0: 0x100000000n }],
  ['movl l1,Fl1; movl l2,Fl2; addl Fl1,Fl2,Fl0; movl Fl0,l0', { l1: -1n, l2: 1n }, { l0: 0n }],
  ['subl l1,l2,l0', { l1: 1n, l2: lmin }, { l0: lmax }],
  ['movl l1,Fl1; movl l2,Fl2; subl Fl1,Fl2,Fl0; movl Fl0,l0', { l1: 1n, l2: 0n }, { l0: -1n }],
  [
    'movl l1,Fl1; movl l2,Fl2; mull Fl1,Fl2,Fl0; movl Fl0,l0',
    { l1: -0x1_2345_6789n, l2: 0x7fff_ffff_ffffn },
    { l0: BigInt.asIntN(64, -0x1_2345_6789n * 0x7fff_ffff_ffffn) },
  ],
  [
    'movl l1,Fl1; movl l2,Fl2; andl Fl1,Fl2,Fl0; movl Fl0,l0',
    { l1: -2n, l2: 0xf_ffff_ffffn },
    { l0: 0xf_ffff_fffen },
  ],
  ['movl l1,Fl1; shll $40,Fl1,Fl0; movl Fl0,l0', { l1: 5n }, { l0: 5n << 40n }],
  ['movl l1,Fl1; cvtlw Fl1,Fw0; movw Fw0,w0', { l1: 0x1_8000_0000n }, { w0: min }],
  ['movw w1,Fw0; cvtwl Fw0,Fl0; movl Fl0,l0', { w1: -5 }, { l0: -5n }],
  [
    'mull l1,l2,l0',
    { l1: 0x123456789n, l2: 0x987654321n },
    { l0: BigInt.asIntN(64, 0x123456789n * 0x987654321n) },
  ],
  ['mull l1,l2,l0', { l1: -7n, l2: lmax }, { l0: BigInt.asIntN(64, -7n * lmax) }],
  ['divl l1,l2,l0', { l1: 10n, l2: lmin }, { l0: lmin / 10n }],
  ['divl l1,l2,l0', { l1: -1n, l2: lmin }, { l0: lmin }],
  ['divl l1,l2,l0', { l1: 7n, l2: -50n }, { l0: -7n }],
  ['divl l1,l2,l0', { l1: 0n, l2: 1n }, 'zero divide'],
  ['modl l1,l2,l0', { l1: 7n, l2: -50n }, { l0: -1n }],
  ['modl l1,l2,l0', { l1: 10n, l2: lmin }, { l0: lmin % 10n }],
  ['modl l1,l2,l0', { l1: 0n, l2: 1n }, 'zero divide'],
  ['andl l1,l2,l0', { l1: -1n, l2: 0xf0f0f0f0f0n }, { l0: 0xf0f0f0f0f0n }],
  ['orl l1,l2,l0', { l1: 1n, l2: 1n << 40n }, { l0: (1n << 40n) + 1n }],
  ['xorl l1,l2,l0', { l1: -1n, l2: 1n << 40n }, { l0: ~(1n << 40n) }],
  ['shll $33,l1,l0', { l1: 3n }, { l0: 3n << 33n }],
  ['shll $4,l1,l0', { l1: -3n }, { l0: -48n }],
  ['shrl $33,l1,l0', { l1: lmin }, { l0: lmin >> 33n }],
  ['shrl $4,l1,l0', { l1: -0x100000000n }, { l0: -0x10000000n }],
  ['lsrl $1,l1,l0', { l1: -1n }, { l0: lmax }],
  ['lsrl $40,l1,l0', { l1: -1n }, { l0: (1n << 24n) - 1n }],
  ['expl $40,l1,l0', { l1: 3n }, { l0: BigInt.asIntN(64, 3n ** 40n) }],
  ['expl $-1,l1,l0', { l1: 0n }, 'zero divide'],

  // Reals.
  ['addf f1,f2,f0', { f1: 0.1, f2: 0.2 }, { f0: 0.1 + 0.2 }],
  ['movf f1,Ff1; movf f2,Ff2; addf Ff1,Ff2,Ff0; movf Ff0,f0', { f1: 1, f2: 2 }, { f0: 3 }],
  ['subf f1,f2,f0', { f1: 1, f2: 3 }, { f0: 2 }],
  ['movf f1,Ff1; movf f2,Ff2; subf Ff1,Ff2,Ff0; movf Ff0,f0', { f1: 1, f2: 2 }, { f0: 1 }],
  ['mulf f1,f2,f0', { f1: 1.5, f2: 3 }, { f0: 4.5 }],
  ['movf f1,Ff1; movf f2,Ff2; mulf Ff1,Ff2,Ff0; movf Ff0,f0', { f1: 4, f2: 2 }, { f0: 8 }],
  ['divf f1,f2,f0', { f1: 2, f2: 3 }, { f0: 1.5 }],
  ['movf f1,Ff1; movf f2,Ff2; divf Ff1,Ff2,Ff0; movf Ff0,f0', { f1: 4, f2: 2 }, { f0: 0.5 }],
  ['divf f1,f2,f0', { f1: 0, f2: 3 }, { f0: Number.POSITIVE_INFINITY }],
  ['negf f1,f0', { f1: 2 }, { f0: -2 }],
  ['expf $3,f1,f0', { f1: 1.5 }, { f0: 3.375 }],
  ['expf $-2,f1,f0', { f1: 2 }, { f0: 0.25 }],

  // Conversions.
  ['cvtbw b1,w0', { b1: 255 }, { w0: 255 }],
  ['movb b1,Fb0; cvtbw Fb0,Fw0; movw Fw0,w0', { b1: 254 }, { w0: 254 }],
  ['lea b1,Fa0; cvtbw 0(Fa0),Fw0; movw Fw0,w0', { b1: 253 }, { w0: 253 }],
  ['cvtwb w1,b0', { w1: 511 }, { b0: 255 }],
  ['movw w1,Fw0; cvtwb Fw0,Fb0; movb Fb0,b0', { w1: 257 }, { b0: 1 }],
  ['movw w1,Fw0; lea b0,Fa0; cvtwb Fw0,0(Fa0)', { w1: 258 }, { b0: 2 }],
  ['cvtfw f1,w0', { f1: 2.5 }, { w0: 3 }],
  ['cvtfw f1,w0', { f1: -2.5 }, { w0: -3 }],
  ['cvtfw f1,w0', { f1: 1e10 }, { w0: min }],
  ['cvtwf w1,f0', { w1: -3 }, { f0: -3 }],
  ['cvtwl w1,l0', { w1: min }, { l0: BigInt(min) }],
  ['cvtlw l1,w0', { l1: 0x1_8000_0000n }, { w0: min }],
  ['cvtlf l1,f0', { l1: lmax }, { f0: 2 ** 63 }],
  ['cvtfl f1,l0', { f1: -1.5e15 }, { l0: -1500000000000000n }],
  ['cvtfl f1,l0', { f1: 2 ** 60 }, { l0: 1n << 60n }],
  ['cvtfl f1,l0', { f1: 1e20 }, { l0: lmin }],
  ['cvtfl f1,l0', { f1: 2.5 }, { l0: 3n }],
  ['cvtfr f1,w0; cvtrf w0,f0', { f1: 0.1 }, { f0: Math.fround(0.1) }],
  ['cvtws w1,w0; cvtsw w0,w2', { w1: 0x18000, w0: 0 }, { w0: 0x8000, w2: -32768 }],
  ['cvtwc w1,p0', { w1: -12 }, { p0: '-12' }],
  ['cvtlc l1,p0', { l1: lmin }, { p0: '-9223372036854775808' }],
  ['cvtfc f1,p0', { f1: 0.1 }, { p0: '.1' }],
  ['cvtfc f1,p0', { f1: 1e21 }, { p0: '1e+21' }],
  ['cvtcw p1,w0', { p1: ' -12abc' }, { w0: -12 }],
  ['cvtcw p1,w0', { p1: '99999999999' }, { w0: max }],
  ['cvtcw p1,w0', {}, { w0: 0 }],
  ['cvtcl p1,l0', { p1: '-99999999999999999999' }, { l0: lmin }],
  ['cvtcl p1,l0', { p1: '123456789012' }, { l0: 123456789012n }],
  ['cvtcf p1,f0', { p1: ' 1.5e3x' }, { f0: 1500 }],
  ['cvtcf p1,f0', {}, { f0: 0 }],
  [
    'cvtca p1,p0; cvtac p0,p2',
    { p1: 'aé€😀' },
    { p0: [97, 195, 169, 226, 130, 172, 240, 159, 152, 128], p2: 'aé€😀' },
  ],
  ['cvtca p1,p0', {}, { p0: [] }],
  ['cvtac p1,p0', {}, { p0: null }],

  // Strings.
  ['addc p1,p2,p0', { p1: 'b', p2: 'a' }, { p0: 'ab' }],
  ['addc p1,p0', { p1: 'é€', p0: 'a' }, { p0: 'aé€' }],
  ['addc p0,p0', { p0: 'ab' }, { p0: 'abab' }],
  ['addc p1,p2,p0', {}, { p0: null }],
  ['movp p0,p1; addc p2,p0', { p0: 'a', p2: 'b' }, { p0: 'ab', p1: 'a' }],
  ['lenc p1,w0', { p1: 'a€' }, { w0: 2 }],
  ['lenc p1,w0', {}, { w0: 0 }],
  ['movp p1,Fp0; lenc Fp0,Fw0; movw Fw0,w0', { p1: '€uro' }, { w0: 4 }],
  ['indc p1,$1,w0', { p1: 'a€' }, { w0: 0x20ac }],
  ['movp p1,Fp0; movw $0,Fw0; indc Fp0,Fw0,Fw1; movw Fw1,w0', { p1: 'ab' }, { w0: 97 }],
  ['indc p1,$2,w0', { p1: 'a€' }, 'array bounds error'],
  ['indc p1,$-1,w0', { p1: 'ab' }, 'array bounds error'],
  ['indc p1,$0,w0', {}, 'dereference of nil'],
  ['insc $98,$1,p0', { p0: 'a' }, { p0: 'ab' }],
  ['insc $8364,$0,p0', { p0: 'abc' }, { p0: '€bc' }],
  ['movp p0,p1; insc $98,$0,p0', { p0: 'a' }, { p0: 'b', p1: 'a' }],
  ['insc $98,$0,p0', {}, { p0: 'b' }],
  ['insc $98,$2,p0', { p0: 'a' }, 'array bounds error'],
  ['slicec $1,$3,p0', { p0: 'abcd' }, { p0: 'bc' }],
  ['slicec $1,$1,p0', { p0: 'abcd' }, { p0: null }],
  ['slicec $0,$0,p0', {}, { p0: null }],
  ['slicec $0,$1,p0', {}, 'array bounds error'],
  ['slicec $3,$2,p0', { p0: 'abcd' }, 'array bounds error'],
  ['slicec $0,$5,p0', { p0: 'abcd' }, 'array bounds error'],

  // Arrays.
  ['newa $3,$2,p0', {}, { p0: [0, 0, 0] }],
  ['newaz $2,$4,p0', {}, { p0: [0, 0] }],
  ['newa $-1,$2,p0', {}, 'negative array size'],
  ['newa w1,$2,p0', { w1: 0x7fffffff }, 'out of memory: heap'],
  ['lena p1,w0', { p1: [1, 2] }, { w0: 2 }],
  ['lena p1,w0', {}, { w0: 0 }],
  ['movp p1,Fp0; lena Fp0,Fw0; movw Fw0,w0', { p1: [1, 2] }, { w0: 2 }],
  ['indx p1,a0,$1; movw 0(a0),w0', { p1: [1, 2] }, { w0: 2 }],
  ['movw $1,Fw0; indx p1,Fa0,Fw0; movw 0(Fa0),w0', { p1: [1, 2] }, { w0: 2 }],
  ['movp p1,Fp0; movw $1,Fw0; indx Fp0,Fa0,Fw0; movw 0(Fa0),w0', { p1: [1, 2] }, { w0: 2 }],
  ['indw p1,a0,$1; movw $5,0(a0)', { p1: [1, 2] }, { p1: [1, 5] }],
  ['movw $1,Fw0; indw p1,Fa0,Fw0; movw $6,0(Fa0)', { p1: [1, 2] }, { p1: [1, 6] }],
  ['movp p1,Fp0; movw $1,Fw0; indw Fp0,Fa0,Fw0; movw $6,0(Fa0)', { p1: [1, 2] }, { p1: [1, 6] }],
  ['movp p1,Fp0; indw Fp0,Fa0,$1; movw $6,0(Fa0)', { p1: [1, 2] }, { p1: [1, 6] }],
  ['indw p1,a0,$2', { p1: [1, 2] }, 'array bounds error'],
  ['indw p1,a0,$-1', { p1: [1, 2] }, 'array bounds error'],
  ['indw p1,a0,$0', {}, 'array bounds error'],
  ['movp p1,Fp0; movw $2,Fw0; indw Fp0,Fa0,Fw0', { p1: [1, 2] }, 'array bounds error'],
  ['newa $3,$3,p0; indb p0,a0,$1; movb $7,0(a0)', {}, { p0: [0, 7, 0] }],
  [
    'newa $3,$3,Fp0; movw $2,Fw0; indb Fp0,Fa0,Fw0; movb $7,0(Fa0); indb Fp0,Fa0,$0; movb $8,0(Fa0); movp Fp0,p0',
    {},
    { p0: [8, 0, 7] },
  ],
  ['newa $3,$3,p0; movw $2,Fw0; indb p0,Fa0,Fw0; movb $7,0(Fa0)', {}, { p0: [0, 0, 7] }],
  ['newa $2,$4,p0; indf p0,a0,$1; movf f1,0(a0)', { f1: 2.5 }, { p0: [0, 2.5] }],
  ['newa $2,$4,p0; indl p0,a0,$1; movf f1,0(a0)', { f1: 2.5 }, { p0: [0, 2.5] }],
  [
    'newa $2,$4,Fp0; movw $1,Fw0; indl Fp0,Fa0,Fw0; movf f1,0(Fa0); movp Fp0,p0',
    { f1: 2.5 },
    { p0: [0, 2.5] },
  ],
  ['newa $2,$4,p0; movw $1,Fw0; indf p0,Fa0,Fw0; movf f1,0(Fa0)', { f1: 2.5 }, { p0: [0, 2.5] }],
  [
    'movp p1,p0; slicea $1,$3,p0; indw p0,a0,$0; movw $9,0(a0)',
    { p1: [1, 2, 3, 4] },
    { p0: [9, 3], p1: [1, 9, 3, 4] },
  ],
  ['slicea $1,$4,p0; slicea $1,$2,p0', { p0: [1, 2, 3, 4] }, { p0: [3] }],
  ['slicea $0,$0,p0', {}, { p0: null }],
  ['slicea $0,$1,p0', {}, 'dereference of nil'],
  ['slicea $2,$1,p0', { p0: [1, 2] }, 'array bounds error'],
  ['slicea $0,$3,p0', { p0: [1, 2] }, 'array bounds error'],
  ['slicela p1,$1,p0', { p0: [1, 2, 3], p1: [8, 9] }, { p0: [1, 8, 9] }],
  ['slicela p1,$0,p0', { p0: [1, 2, 3] }, { p0: [1, 2, 3] }],
  ['slicela p1,$0,p0', { p1: [1] }, 'dereference of nil'],
  ['slicela p1,$2,p0', { p0: [1, 2, 3], p1: [8, 9] }, 'array bounds error'],
  ['movp p0,p1; slicea $0,$2,p1; slicela p1,$1,p0', { p0: [1, 2, 3] }, { p0: [1, 1, 2] }],

  // Objects and lists.
  ['new $6,p0; movw $3,4(p0); movw 4(p0),w0', {}, { w0: 3 }],
  ['newz $6,p0; movw 4(p0),w0', {}, { w0: 0 }],
  ['new $6,Fp0; movw $3,4(Fp0); movw 4(Fp0),w0', {}, { w0: 3 }],
  ['new $6,p0; new $6,p1; tcmp p0,p1', {}, {}],
  ['new $6,p0; new $7,p1; tcmp p0,p1', {}, 'type check'],
  ['new $6,p1; tcmp p0,p1', {}, {}],
  ['new $6,p0; tcmp p0,p1', {}, 'type check'],
  [
    'consw w1,p0; consw w2,p0; headw p0,w0; tail p0,p1; lenl p0,w3',
    { w1: 1, w2: 2 },
    { p0: [2, 1], w0: 2, p1: [1], w3: 2 },
  ],
  [
    'movw w1,Fw0; consw Fw0,Fp0; headw Fp0,Fw1; tail Fp0,Fp1; movw Fw1,w0; movp Fp1,p1',
    { w1: 5 },
    { w0: 5, p1: null },
  ],
  ['consb b1,p0; headb p0,b0', { b1: 5 }, { b0: 5 }],
  ['consl l1,p0; headl p0,l0', { l1: lmin }, { l0: lmin }],
  ['consf f1,p0; headf p0,f0', { f1: 1.5 }, { f0: 1.5 }],
  ['consp p1,p0; headp p0,p2', { p1: 'x' }, { p2: 'x' }],
  ['movp p1,Fp1; consp Fp1,Fp0; headp Fp0,Fp2; movp Fp2,p2', { p1: 'x' }, { p2: 'x' }],
  ['consm l1,$16,p0; headm p0,$16,l0', { l1: 1n, l2: 2n }, { l0: 1n, l1: 2n }],
  [
    'consmp p0,$8,p2; movp p3,p0; movp p3,p1; headmp p2,$8,p0; movp p3,p2',
    { p0: 'a', p1: 'b' },
    { p0: 'a', p1: 'b' },
  ],
  ['lenl p0,w0', {}, { w0: 0 }],
  ...[
    'headb p0,b0',
    'headw p0,w0',
    'headl p0,l0',
    'headf p0,f0',
    'headp p0,p1',
    'headm p0,$4,w0',
    'tail p0,p1',
    'headmp p0,$5,p1',
  ].map((code): Row => [code, {}, 'dereference of nil']),
  ['headw Fp0,Fw0', {}, 'dereference of nil'],
  ['headp Fp0,Fp1', {}, 'dereference of nil'],
  ['tail Fp0,Fp1', {}, 'dereference of nil'],

  // Branches: w0 says whether it was taken.
  ...branchRows(),
  ['jmp $skip; movw $1,w0; skip: nop', {}, { w0: 0 }],

  // Calls.
  [
    'frame $1,Fa0; movw $20,52(Fa0); lea w0,16(Fa0); call Fa0,$double',
    {},
    { w0: 40 },
    'double: addw Fw1,Fw1,0(16(fp)); ret',
  ],
  ['frame $1,Fa0; call Fa0,$again', {}, 'out of memory: heap', 'again: frame $1,Fa0; call Fa0,$again; ret'],
  ['exit; movw $1,w0', {}, { w0: 0 }],
  ['self p0; movw $3,w1', {}, { w1: 3 }],

  // Channels.
  [
    'newcw p0; frame $1,Fa0; movp p0,32(Fa0); spawn Fa0,$put; recv p0,w0',
    {},
    { w0: 5 },
    'put: movw $5,Fw0; send Fw0,Fp0; ret',
  ],
  [
    'newcw $2,p0; movw $1,w1; send w1,p0; movw $2,w1; send w1,p0; recv p0,w2; recv p0,w3',
    {},
    { w2: 1, w3: 2 },
  ],
  ['newcb $1,p0; send b1,p0; recv p0,b0', { b1: 9 }, { b0: 9 }],
  ['newcl $1,p0; send l1,p0; recv p0,l0', { l1: lmin }, { l0: lmin }],
  ['newcf $1,p0; send f1,p0; recv p0,f0', { f1: 1.5 }, { f0: 1.5 }],
  ['newcp $1,p0; send p1,p0; recv p0,p2', { p1: 'x' }, { p2: 'x' }],
  ['newcm $16,$1,p0; send l0,p0; recv p0,l2', { l0: 1n, l1: 2n }, { l2: 1n, l3: 2n }],
  ['newcmp $8,$1,p3; send p0,p3; recv p3,p1', { p0: 'a', p1: 'b' }, { p1: 'a', p2: 'b' }],
  ['newcw $-1,p0', {}, 'negative array size'],
  ['send w0,p0', {}, 'dereference of nil'],
  ['recv p0,w0', {}, 'dereference of nil'],

  // Exceptions.
  ['raise p0', { p0: 'oops' }, 'oops'],
  ['raise p0', {}, 'dereference of nil'],

  // Fixed point: scale in 20(fp) and shift in 28(fp).
  ['movw $-8,28(fp); mulx w1,w2,w0', { w1: 384, w2: 512 }, { w0: 768 }],
  ['movw $8,28(fp); divx w1,w2,w0', { w1: 512, w2: 768 }, { w0: 384 }],
  ['movw $8,28(fp); divx w1,w2,w0', { w1: 0, w2: 768 }, 'zero divide'],
  ['cvtxx w1,$4,w0', { w1: 3 }, { w0: 48 }],
  ['cvtxx w1,$-4,w0', { w1: -48 }, { w0: -3 }],
  ['movw $0,28(fp); movw $10,20(fp); mulx0 w1,w2,w0', { w1: 15, w2: 20 }, { w0: 30 }],
  ['movw $0,28(fp); movw $10,20(fp); divx0 w1,w2,w0', { w1: 4, w2: 20 }, { w0: 50 }],
  ['movw $10,20(fp); cvtxx0 w1,$1,w0', { w1: 25 }, { w0: 5 }],
  ['movw $0,28(fp); movw $10,20(fp); mulx1 w1,w2,w0', { w1: 15, w2: 20 }, { w0: 30 }],
  ['movw $2,28(fp); movw $10,20(fp); mulx1 w1,w2,w0', { w1: 15, w2: 21 }, { w0: 32 }],
  ['movw $2,28(fp); movw $10,20(fp); divx1 w1,w2,w0', { w1: 3, w2: 20 }, { w0: 67 }],
  ['movw $10,20(fp); cvtxx1 w1,$2,w0', { w1: 25 }, { w0: 3 }],
  ['cvtfx f1,f2,w0', { f1: 1.5, f2: 256 }, { w0: 384 }],
  ['cvtxf w1,f1,f0', { w1: 384, f1: 1 / 256 }, { f0: 1.5 }],
];

function branchRows(): Row[] {
  const result: Row[] = [];
  const outcomes: Readonly<Record<string, readonly [less: boolean, equal: boolean, greater: boolean]>> = {
    beq: [false, true, false],
    bne: [true, false, true],
    blt: [true, false, false],
    ble: [true, true, false],
    bgt: [false, false, true],
    bge: [false, true, true],
  };
  const taken = (t: boolean): Record<string, Value> => ({ w0: t ? 0 : 1 });
  for (const [name, when] of Object.entries(outcomes)) {
    const each = (
      code: (a: string, b: string) => string,
      values: readonly [Value, Value, Value],
      kind: string,
    ): void => {
      values.forEach((v, i) => {
        result.push([
          `${code(`${kind}1`, `${kind}2`)}; movw $1,w0; skip: nop`,
          { [`${kind}1`]: v, [`${kind}2`]: values[1] },
          taken(when[i]!),
        ]);
      });
    };
    each((a, b) => `${name}w ${a},${b},$skip`, [min, 0, max], 'w');
    each((a, b) => `movw ${a},Fw1; movw ${b},Fw2; ${name}w Fw1,Fw2,$skip`, [min, 0, max], 'w');
    each((a) => `movw ${a},Fw1; ${name}w Fw1,$5,$skip`, [min, 5, max], 'w');
    each((a) => `movw ${a},Fw1; ${name}w ${a},Fw2,$skip`, [-1, 0, 1], 'w');
    for (const n of [-1, 0, 1]) {
      result.push([
        `movw w1,Fw1; ${name}w $${n},Fw1,$skip; movw $1,w0; skip: nop`,
        { w1: 0 },
        taken(when[n + 1]!),
      ]);
      result.push([`${name}w $${n},w1,$skip; movw $1,w0; skip: nop`, { w1: 0 }, taken(when[n + 1]!)]);
    }
    each((a, b) => `${name}b ${a},${b},$skip`, [0, 128, 255], 'b');
    each((a, b) => `${name}l ${a},${b},$skip`, [lmin, -1n, lmax], 'l');
    each((a, b) => `${name}l ${a},${b},$skip`, [0x1_0000_0000n, 0x1_8000_0000n, 0x1_ffff_ffffn], 'l');
    each((a, b) => `${name}f ${a},${b},$skip`, [Number.NEGATIVE_INFINITY, -0.5, 3], 'f');
    each((a, b) => `${name}c ${a},${b},$skip`, ['ab', 'abc', 'ac'], 'p');
    each((a, b) => `${name}c ${a},${b},$skip`, ['b€', 'é', '€'], 'p');
  }
  result.push(['bltf f1,f2,$skip; movw $1,w0; skip: nop', { f1: Number.NaN, f2: 1 }, { w0: 1 }]);
  result.push(['beqc p1,p2,$skip; movw $1,w0; skip: nop', { p1: '' }, { w0: 0 }]);
  return result;
}

export function toCase([code, before, after, more]: Row): Case {
  return {
    code,
    before,
    ...(typeof after === 'string' ? { why: after } : { after }),
    ...(more === undefined ? {} : { more }),
  };
}
