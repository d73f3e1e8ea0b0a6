implement Misc;

# Math: numbers as bits, arrays, the control word.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "math.m";
	math: Math;

Misc: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	math = load Math Math->PATH;
	All: con Math->INVAL|Math->ZDIV|Math->OVFL|Math->UNFL|Math->INEX;
	print("%x %x\n", math->getFPcontrol(), math->FPcontrol(0, All));
	print("%x\n", math->getFPcontrol());
	print("%x\n", math->FPcontrol(Math->OVFL, Math->OVFL|Math->UNFL));
	print("%x\n", math->getFPcontrol());
	math->FPcontrol(0, All);
	math->FPstatus(0, All);
	print("%x\n", math->getFPstatus());

	x := array[] of {0.0, 1.0, -1.0, 1.5, -2.5, 1e10, 1e-10, 1e300, 1e-300, 3.0, 1e17};
	for(i := 0; i < len x; i++){
		(n, f) := math->modf(x[i]);
		print("%g: ilogb %d finite %d isnan %d", x[i], math->ilogb(x[i]), math->finite(x[i]), math->isnan(x[i]));
		if(math->fabs(x[i]) < 1e9)
			print(" modf %d %.12g", n, f);
		print(" bits %bx", math->realbits64(x[i]));
		if(math->fabs(x[i]) < 1e30)
			print(" %x", math->realbits32(x[i]));
		print(" %g\n", math->bits64real(math->realbits64(x[i])));
	}
	print("%g %g\n", math->bits32real(16r3fc00000), math->bits32real(16r7f800000));
	for(i = -20; i <= 22; i += 7)
		print("%.10g %g\n", math->pow10(i), math->scalbn(3.0, i));
	print("%g %g %g\n", math->scalbn(1.0, -1060), math->scalbn(1.0, 2000), math->scalbn(1.0, -2000));
	print("%d %d\n", math->isnan(math->sqrt(-1.0)), math->finite(math->log(0.0)));
	lg := array[] of {0.5, 1.0, 1.5, 2.0, 3.0, 10.0, 100.0, 1e5, 1e10, -0.5, -1.5, -2.25, 1e-10, 1.0001, 39.9, 40.5};
	for(i = 0; i < len lg; i++){
		(s, v) := math->lgamma(lg[i]);
		print("lgamma(%g) %d %.12g\n", lg[i], s, v);
	}

	a := array[] of {1.0, -2.0, 3.0, -4.0, 0.5, 6.0};
	b := array[] of {0.5, 0.25, -1.0, 2.0, 8.0, 1.0};
	print("dot %g norm1 %g norm2 %g iamax %d\n", math->dot(a, b), math->norm1(a), math->norm2(a), math->iamax(a));
	e := array[0] of real;
	print("empty: %g %g %g %d\n", math->dot(e, e), math->norm1(e), math->norm2(e), math->iamax(e));
	pi := array[] of {0, 1, 2, 3, 4, 5};
	math->sort(a, pi);
	for(i = 0; i < len pi; i++)
		print(" %d", pi[i]);
	print("\n");
	{
		math->sort(a, array[] of {0, 6});
	} exception ex {
	"*" =>
		print("%s\n", ex);
	}
	{
		math->dot(a, e);
	} exception ex {
	"*" =>
		print("%s\n", ex);
	}

	gemm('N', 'N', 2, 2, 3, 1.0, a, 2, b, 3, 0.0, 2);
	gemm('T', 'N', 2, 2, 3, 2.0, a, 3, b, 3, 1.0, 2);
	gemm('N', 'T', 2, 2, 3, 1.0, a, 2, b, 2, -1.0, 2);
	gemm('T', 'T', 2, 2, 3, 0.5, a, 3, b, 2, 0.5, 2);
	gemm('N', 'N', 2, 2, 2, 3.0, nil, 2, b, 2, 1.0, 2);
	gemm('N', 'N', 2, 2, 2, 0.0, a, 2, b, 2, 2.0, 3);
	gemm('N', 'X', 2, 2, 2, 0.0, a, 2, b, 2, 2.0, 2);
	gemm('N', 'N', 2, 2, 2, 0.0, a, 1, b, 2, 2.0, 2);

	by := array[24] of {* => byte 0};
	iv := array[] of {1, -2, 16r12345678, int 16r80000000, 0, -1};
	math->export_int(by, iv);
	dump(by);
	iw := array[6] of int;
	math->import_int(by, iw);
	for(i = 0; i < len iw; i++)
		print(" %x", iw[i]);
	print("\n");
	math->export_real32(by, a);
	dump(by);
	r := array[6] of real;
	math->import_real32(by, r);
	for(i = 0; i < len r; i++)
		print(" %g", r[i]);
	print("\n");
	math->export_real(by, a[0:3]);
	dump(by);
	math->import_real(by, r[0:3]);
	print("%g %g %g\n", r[0], r[1], r[2]);
	{
		math->export_real(by, a);
	} exception ex {
	"*" =>
		print("%s\n", ex);
	}
}

dump(b: array of byte)
{
	for(i := 0; i < len b; i++)
		print("%.2x", int b[i]);
	print("\n");
}

gemm(ta, tb, m, n, k: int, alpha: real, a: array of real, lda: int, b: array of real, ldb: int, beta: real, ldc: int)
{
	c := array[] of {1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
	{
		math->gemm(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
		for(i := 0; i < len c; i++)
			print(" %g", c[i]);
		print("\n");
	} exception e {
	"*" =>
		print("%s\n", e);
	}
}
