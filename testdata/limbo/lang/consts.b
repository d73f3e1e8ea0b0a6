implement Consts;

# constants: iota, radix, characters, strings, tuples and adts, folding

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Consts: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
	Version:	con "v" + string 3;
};

A, B, C, D: con iota;
M0, M1, M2, M3: con 1<<iota;
N0, N1, N2: con 10*(iota+1);
S0, S1: con "s" + string iota;
R0, R1, R2: con real iota/2.0;
L0, L1: con big 1<<(iota+40);
Seven: con 3+4;
Str: con "tab\tquote\"back\\slash";
Long: con "one " +
	"two " + "three";
Neg: con -5;
Not: con ~0;
Bool: con 3 < 4 && 4 < 3 || 1;
Cmp: con 1.5 < 2.5;
Ch: con 'x';
Mix: con (Seven<<2 | 1) ^ 16rff & ~3;
Len: con len "héllo";
Pt: adt {
	x, y:	int;
	Zero, One:	con iota;
};
Origin: con Pt(0, 0);
Unit: con Pt(1, -1);
Pair: con (4, "four", 4.0);
Nested: con ((1, 2), (3, "deep"));

e: con 2.718281828459045;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	print("%d %d %d %d\n", A, B, C, D);
	print("%d %d %d %d\n", M0, M1, M2, M3);
	print("%d %d %d\n", N0, N1, N2);
	print("%s %s\n", S0, S1);
	print("%g %g %g\n", R0, R1, R2);
	print("%bd %bd\n", L0, L1);
	print("%d %s %s\n", Seven, Str, Long);
	print("%d %d %d %d %c %d %d\n", Neg, Not, Bool, Cmp, Ch, Mix, Len);
	print("%d %d %d %d\n", Origin.x, Unit.x, Unit.y, Pt.One);
	(n, s, r) := Pair;
	print("%d %s %g\n", n, s, r);
	((a1, a2), (a3, a4)) := Nested;
	print("%d %d %d %s\n", a1, a2, a3, a4);
	print("%s %s\n", Version, Consts->Version);
	q := Unit;
	q.x = 9;
	print("%d %d\n", q.x, Unit.x);
	X, Y: con iota+100;		# local constants
	print("%d %d\n", X, Y);
	iota := 7;			# not reserved outside con
	print("%d\n", iota);
	print("%g %.3f\n", e, e);
	print("%d %d %d %d %d %d\n", '\a', '\b', '\t', '\v', '\f', '\r');
	print("%d %d %d\n", '\0', '"', '\u20ac');
	print("%d %d %d\n", 2r101, 16rAbC, 36rz);
	print("%bd %bd\n", 16rfffffffff, 2147483648);
	print("%g %g %g %g\n", 1., .5, 1e3, 1.5E-2);
	print("%g %g\n", 16r1.8, 2r1.01);
	print("%s\n", "π≈3");
	print("%d %d\n", int 3.7, int "12" + 1);
	print("%s|%s\n", string 'a', string 1.5);
	if(Seven == 7)
		print("yes\n");
	else
		print("no\n");
	a := array[Seven] of int;
	print("%d %d\n", len a, len Str);
	{
		A: con "shadow";
		print("%s\n", A);
	}
	print("%d\n", A);
}
