implement Fixed;

# fixed point types

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Fixed: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

fpt: type fixed(2.0**-16);
cents: type fixed(0.01, 100000.0);
fifth: type fixed(0.2, 12345.0);
eighth: type fixed(0.125, 4096.0);

zero: con fpt(0);
half: con fpt(0.5);

Money: adt {
	amount:	cents;
	name:	string;
};

total: cents;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	x := fpt(3.21);
	y := fpt(4.678);
	z: fpt;
	z = -x; print("%.4f ", real z);
	z = x+y; print("%.4f ", real z);
	z = x-y; print("%.4f ", real z);
	z = x*y; print("%.3f ", real z);
	z = x/y; print("%.3f\n", real z);
	z = fpt(16r1234.5678);
	print("%.6f %d\n", real z, int z);
	print("%d %d %d %d %d %d\n", x < y, x > y, x <= y, x >= y, x == y, x != y);
	z = zero;
	z += half; print("%g ", real z);
	z -= fpt(2); print("%g ", real z);
	z *= fpt(4); print("%g ", real z);
	z /= fpt(8); print("%g ", real z);
	print("\n");
	m := Money(cents(12.34), "bill");
	m.amount += cents(0.66);
	total += m.amount;
	total = total + cents(7);
	print("%.2f %.2f %s\n", real m.amount, real total, m.name);
	l := cents(1.5) :: cents(2.25) :: nil;
	s := cents(0);
	for(; l != nil; l = tl l)
		s += hd l;
	print("%.2f\n", real s);
	a := array[3] of {* => half};
	a[1] = fpt(1.25);
	print("%g %g\n", real a[0], real a[1]);
	c := chan[1] of fpt;
	c <-= x;
	print("%.3f\n", real <-c);
	print("%.2f\n", real cents(fpt(2.5)));
	f := fifth(1);
	f *= fifth(3.4);
	print("%.1f\n", real f);
	e := eighth(0.375);
	print("%g %d\n", real e, int (e*eighth(100)));
	print("%s %s\n", string fpt(0.5), string fpt(-2.25));
	print("%g\n", real fpt "1.75");
	print("%d %d %bd\n", int fpt(2.5), int fpt(-2.5), big fpt(7.25));
	print("%g\n", real sqrt(fpt(16)));
	t := (fpt(1), "t");
	print("%g\n", real t.t0);
	i := 5;
	print("%g\n", real (fpt i / fpt(2)));
	print("%g\n", real fpt byte 9);
	print("%g\n", real fpt big 11);
}

sqrt(n: fpt): fpt
{
	x := fpt(1);
	for(i := 0; i < 20; i++)
		x = (x + n/x)/fpt(2);
	return x;
}
