implement Tuples;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Tuples: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

two(): (int, string)
{
	return (1, "one");
}

three(): (int, (string, real), list of int)
{
	return (3, ("three", 3.0), 1 :: 2 :: 3 :: nil);
}

swap(a: (int, int)): (int, int)
{
	(x, y) := a;
	return (y, x);
}

sum(l: list of int): int
{
	s := 0;
	for(; l != nil; l = tl l)
		s += hd l;
	return s;
}

rev(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	(a, b) := two();
	print("%d %s\n", a, b);
	(nil, c) := two();
	(d, nil) := two();
	print("%s %d\n", c, d);
	(x, (y, z), l) := three();
	print("%d %s %g %d\n", x, y, z, len l);
	t := three();
	(nil, u, nil) := t;
	print("%d %s %d\n", t.t0, u.t0, hd t.t2);
	(p, q) := swap((4, 5));
	print("%d %d\n", p, q);
	(p, q) = (q, p);
	print("%d %d\n", p, q);
	(a, b) = two();
	w := (p, b, 1.5);
	print("%d %s %g\n", w.t0, w.t1, w.t2);
	w.t1 = "changed";
	print("%s\n", w.t1);
	ll := list of {"a", "b", "c"};
	ll = "z" :: ll;
	for(r := rev(ll); r != nil; r = tl r)
		print("%s ", hd r);
	print("%d\n", sum(list of {1, 2, 3, 4}));
	lt := (1, "x") :: (2, "y") :: nil;
	(n, s) := hd tl lt;
	print("%d %s %d\n", n, s, len lt);
	lb := big 5 :: big 6 :: nil;
	lr := 1.5 :: nil;
	lby := byte 3 :: nil;
	print("%bd %g %d\n", hd tl lb, hd lr, int hd lby);
	for(i := 0; i < 2; i++){
		(j, k) := (i, i*2);
		(v, e) := two();
		print("%d %d %d %s\n", j, k, v, e);
	}
	nested := ((1, 2), (3, 4));
	((n1, n2), (n3, n4)) := nested;
	print("%d\n", n1 + n2*10 + n3*100 + n4*1000);
}
