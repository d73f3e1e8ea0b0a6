implement Arrays;

# arrays: creation, initialisers with subscripts, ranges and wildcards, slices, slice assignment, aliasing

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Arrays: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Point: adt {
	x, y:	int;
};

N: con 4;
days := array[] of {"mon", "tue", "wed"};
gaps := array[10] of {1, 2, 5 => 50, 51, 9 => 90, * => -1};
ranges := array[] of {'a' to 'e' => 1, 'x' => 2, 'z' or 'y' => 3};
gr: array of int = array[N] of {* => 7};
pts := array[] of {Point(1, 2), Point(3, 4)};
zero: array of int;
reals := array[3] of {1.5, * => .25};

show(a: array of int)
{
	print("%d:", len a);
	for(i := 0; i < len a; i++)
		print(" %d", a[i]);
	print("\n");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	show(gaps);
	show(ranges['a':]);
	show(gr);
	print("%d %s %d %g %g\n", len days, days[2], pts[1].y, reals[0], reals[2]);
	print("%d %d\n", zero == nil, len zero);
	a := array[5] of int;
	for(i := 0; i < len a; i++)
		a[i] = i*i;
	show(a);
	b := a;					# the same array
	b[0] = 100;
	show(a);
	show(a[1:3]);
	show(a[2:]);
	show(a[0:0]);
	show(a[:3]);
	c := a[1:4];				# shares the elements
	c[0] = -1;
	show(a);
	a[2:] = array[] of {7, 8};
	show(a);
	a[1:] = a[0:4];				# overlapping, forwards
	show(a);
	a[0:] = a[1:];				# and backwards
	show(a);
	c = c[1:];
	show(c);
	m := array[3] of {* => array[3] of {* => 0}};
	for(i = 0; i < 3; i++)
		for(j := 0; j < 3; j++)
			m[i][j] = i*3+j;
	m[1] = m[2];
	m[1][1] = 77;
	for(i = 0; i < 3; i++)
		show(m[i]);
	n := array[2] of array of string;
	n[0] = array[] of {"x"};
	print("%d %d\n", n[1] == nil, len n[0]);
	s := array[3] of string;
	s[1] = "mid";
	print("[%s][%s]\n", s[0], s[1]);
	p := array[2] of Point;
	p[0] = Point(5, 6);
	p[1] = p[0];
	p[1].x++;
	print("%d %d %d\n", p[0].x, p[1].x, p[1].y);
	rp := array[2] of {* => ref Point(0, 0)};
	rp[0].x = 1;
	print("%d %d\n", rp[0].x, rp[1].x);		# an object for each element
	k := 0;
	order := array[] of {k++, k++, k++};
	show(order);
	v := 3;
	dyn := array[v*2] of {0 => v, 5 => v+1, * => v-1};
	show(dyn);
	l := array[2] of list of int;
	l[0] = 1 :: 2 :: nil;
	print("%d %d\n", len l[0], len l[1]);
	f := array[] of {big 1, big 2, };		# a trailing comma
	f[1] <<= 40;
	print("%bd\n", f[1]);
	byt := array[4] of {* => byte 255};
	byt[2] = byte 0;
	print("%d %d\n", int byt[1], int byt[2]);
	show(copy(a));
	print("%d\n", sum(array[] of {1, 2, 3, 4}));
	print("%d\n", (array[] of {10, 20, 30})[1]);
	ac := array[2] of {* => chan[1] of int};
	ac[1] <-= 5;
	print("%d\n", <-ac[1]);
	e := array[0] of string;
	print("%d %d\n", len e, e == nil);
	sort(a);
	show(a);
	t := array[2] of (int, array of int);
	t[0] = (1, a[0:2]);
	show(t[0].t1);
	same := a[0:];
	print("%d %d\n", same == a, a == b);
}

copy(a: array of int): array of int
{
	b := array[len a] of int;
	b[0:] = a;
	return b;
}

sum(a: array of int): int
{
	s := 0;
	for(i := 0; i < len a; i++)
		s += a[i];
	return s;
}

sort(a: array of int)
{
	for(i := 1; i < len a; i++){
		t := a[i];
		for(j := i; j > 0 && a[j-1] > t; j--)
			a[j] = a[j-1];
		a[j] = t;
	}
}
