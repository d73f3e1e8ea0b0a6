implement Tuples;

# tuples: building, taking apart, nesting, members, as arguments, in arrays, lists and channels

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Tuples: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Point: adt {
	x, y:	int;
};

Pair: type (int, string);

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	t := (1, "two", 3.0, big 4, byte 5);
	(a, b, c, d, e) := t;
	print("%d %s %g %bd %d\n", a, b, c, d, int e);
	print("%d %s %g %bd %d\n", t.t0, t.t1, t.t2, t.t3, int t.t4);
	t.t0 = 11;
	t.t1 += "!";
	u := t;
	u.t0++;
	print("%d %d %s\n", t.t0, u.t0, u.t1);
	(a, nil, c, nil, nil) = u;
	print("%d %g\n", a, c);
	(x, (y, z), w) := (1, (2, "three"), (4, 5));
	print("%d %d %s %d %d\n", x, y, z, w.t0, w.t1);
	(i, j) := (1, 2);
	(i, j) = (j, i);
	print("%d %d\n", i, j);
	sw := swap((7, 8));
	print("%d %d\n", sw.t0, sw.t1);
	p := Point(3, 4);
	(i, j) = p;
	print("%d %d\n", i, j);
	p = (5, 6);
	print("%d %d\n", p.x, p.y);
	(p.x, p.y) = (p.y, p.x);
	print("%d %d\n", p.x, p.y);
	(q, n) := (Point(1, 2), p);
	print("%d %d %d\n", q.x, q.y, n.x);
	l: list of (int, string);
	l = (1, "a") :: (2, "b") :: nil;
	while(l != nil){
		(k, s) := hd l;
		print("%d%s ", k, s);
		l = tl l;
	}
	print("\n");
	ar := array[3] of {* => (0, "z")};
	ar[1] = (9, "nine");
	ar[2].t0 = 4;
	for(k := 0; k < len ar; k++)
		print("%d%s ", ar[k].t0, ar[k].t1);
	print("\n");
	pr: Pair = (1, "pair");
	print("%d %s\n", pr.t0, pr.t1);
	ch := chan[1] of (int, (string, int));
	ch <-= (5, ("six", 7));
	(m, (o, r)) := <-ch;
	print("%d %s %d\n", m, o, r);
	(q2, rem) := divmod(17, 5);
	print("%d %d\n", q2, rem);
	nest := ((1, 2), (3, (4, 5)));
	print("%d %d\n", nest.t0.t1, nest.t1.t1.t0);
	k2, k3, k4: int;
	((k2, i), (k3, (j, k4))) = nest;
	print("%d %d\n", i, j);
	arr := array[2] of int;
	(arr[0], arr[1]) = (10, 20);
	print("%d %d\n", arr[0], arr[1]);
	rp := ref Point(1, 1);
	(rp.x, nil) = (42, 43);
	print("%d %d\n", rp.x, rp.y);
	*rp = (8, 9);
	(i, j) = *rp;
	print("%d %d\n", i, j);
	(s1, s2) := (nest, "x");
	print("%d %s\n", s1.t0.t0, s2);
	print("%d\n", sum3(triple()));
}

swap(p: (int, int)): (int, int)
{
	(a, b) := p;
	return (b, a);
}

divmod(a, b: int): (int, int)
{
	return (a/b, a%b);
}

triple(): (int, int, int)
{
	return (1, 2, 3);
}

sum3(t: (int, int, int)): int
{
	return t.t0+t.t1+t.t2;
}
