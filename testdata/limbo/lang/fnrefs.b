implement Fnrefs;

# references to functions: assignment, arguments, results, members, tables, other modules

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "math.m";

Fnrefs: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Cmp: type ref fn(a, b: string): int;
Op: type ref fn(a, b: int): int;

Cmd: adt {
	name:	string;
	op:	Op;
	n:	int;
};

gf: Op;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	f: Op;
	print("%d %d\n", f == nil, gf == nil);
	f = add;
	print("%d %d\n", f(2, 3), f != nil);
	f = mul;
	print("%d\n", f(2, 3));
	gf = f;
	print("%d %d\n", gf(4, 5), gf == f);
	a := array[] of {"pear", "fig", "apple"};
	sort(a, cmp);
	print("%s %s %s\n", a[0], a[1], a[2]);
	sort(a, choose(1));
	print("%s %s %s\n", a[0], a[1], a[2]);
	t := array[] of {add, mul, sub};
	for(i := 0; i < len t; i++)
		print("%d ", t[i](10, 3));
	print("\n");
	print("%d\n", apply(sub, 9, 4));
	print("%d\n", fold(list of {1, 2, 3, 4}, 1, mul));
	c := ref Cmd("c", add, 3);
	print("%d\n", c.op(c.n, 4));
	c.op = mul;
	print("%d\n", c.op(c.n, 4));
	l := (1, add) :: (2, mul) :: nil;
	for(; l != nil; l = tl l){
		(n, g) := hd l;
		print("%d ", g(n, 10));
	}
	print("\n");
	math := load Math Math->PATH;
	m: ref fn(x: real): real;
	m = math->sqrt;
	print("%g\n", m(16.0));
	m = math->fabs;
	print("%g\n", m(-2.5));
	ch := chan[1] of Op;
	ch <-= sub;
	h := <-ch;
	print("%d\n", h(1, 2));
	ret := chan of int;
	sp: ref fn(c: chan of int, n: int);
	sp = deliver;
	spawn sp(ret, 12);
	print("%d\n", <-ret);
	v: ref fn();
	v = hello;
	v();
	r: ref fn(n: int, self2: ref fn(n: int): int): int;
	r = fact;
	print("%d\n", r(5, nil));
	tup := (add, "x");
	(g, nil) := tup;
	print("%d\n", g(1, 1));
	print("%d\n", compose(inc, dbl)(5));
	str := sys->sprint("%d", (choose2(0))(8, 2));
	print("%s\n", str);
}

add(a, b: int): int { return a+b; }
mul(a, b: int): int { return a*b; }
sub(a, b: int): int { return a-b; }

inc(a: int): int { return a+1; }
dbl(a: int): int { return a*2; }

cf, cg: ref fn(a: int): int;

composed(a: int): int
{
	return cf(cg(a));
}

compose(f, g: ref fn(a: int): int): ref fn(a: int): int
{
	(cf, cg) = (f, g);
	return composed;
}

cmp(a, b: string): int
{
	if(a < b)
		return -1;
	return a > b;
}

rcmp(a, b: string): int
{
	return -cmp(a, b);
}

choose(i: int): Cmp
{
	if(i)
		return rcmp;
	return cmp;
}

choose2(i: int): Op
{
	case i {
	0 =>	return sub;
	* =>	return add;
	}
}

sort(a: array of string, f: Cmp)
{
	for(i := 0; i < len a; i++)
		for(j := i+1; j < len a; j++)
			if(f(a[i], a[j]) > 0)
				(a[i], a[j]) = (a[j], a[i]);
}

apply(f: ref fn(a, b: int): int, a, b: int): int
{
	return f(a, b);
}

fold(l: list of int, v: int, f: Op): int
{
	for(; l != nil; l = tl l)
		v = f(v, hd l);
	return v;
}

deliver(c: chan of int, n: int)
{
	c <-= n;
}

hello()
{
	print("hello\n");
}

fact(n: int, nil: ref fn(n: int): int): int
{
	if(n <= 1)
		return 1;
	return n*fact(n-1, nil);
}
