implement Functions;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Functions: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Op:	type ref fn(a, b: int): int;

Counter: adt
{
	n:	int;
	step:	Op;
};

add(a, b: int): int { return a+b; }
sub(a, b: int): int { return a-b; }
big3(a, b: int): int
{
	if(a > 100)
		return a;
	else
		return b*3;
}

apply(f: Op, a, b: int): int
{
	return f(a, b);
}

choose(i: int): Op
{
	if(i)
		return add;
	return sub;
}

fact(n: int): int
{
	if(n <= 1)
		return 1;
	return n*fact(n-1);
}

map[T, U](l: list of T, f: ref fn(x: T): U): list of U
{
	r: list of U;
	for(; l != nil; l = tl l)
		r = f(hd l) :: r;
	return r;
}

upper(s: string): string
{
	for(i := 0; i < len s; i++)
		if(s[i] >= 'a' && s[i] <= 'z')
			s[i] -= 'a'-'A';
	return s;
}

Item: adt
{
	key:	string;
	rank:	int;
	cmp:	fn(a: self ref Item, b: ref Item): int;
};

Item.cmp(a: self ref Item, b: ref Item): int
{
	return a.rank - b.rank;
}

sort[T](l: list of T): list of T
	for {
	T =>
		cmp:	fn(a: self T, b: T): int;
	}
{
	r: list of T;
	for(; l != nil; l = tl l)
		r = insert(hd l, r);
	return r;
}

insert[T](x: T, l: list of T): list of T
	for {
	T =>
		cmp:	fn(a: self T, b: T): int;
	}
{
	if(l == nil || x.cmp(hd l) <= 0)
		return x :: l;
	return hd l :: insert(x, tl l);
}

Table: adt[T]
{
	keys:	list of string;
	values:	list of T;

	new:	fn(): ref Table[T];
	put:	fn(t: self ref Table[T], k: string, v: T);
	get:	fn(t: self ref Table[T], k: string): T;
};

Table[T].new(): ref Table[T]
{
	return ref Table[T](nil, nil);
}

Table[T].put(t: self ref Table[T], k: string, v: T)
{
	t.keys = k :: t.keys;
	t.values = v :: t.values;
}

Table[T].get(t: self ref Table[T], k: string): T
{
	v := t.values;
	for(l := t.keys; l != nil; l = tl l){
		if(hd l == k)
			return hd v;
		v = tl v;
	}
	return nil;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	print("%d %d\n", apply(add, 3, 4), apply(sub, 3, 4));
	f := choose(1);
	g := choose(0);
	print("%d %d %d\n", f(1, 2), g(1, 2), choose(1)(5, 6));
	c := Counter(10, add);
	c.n = c.step(c.n, 5);
	print("%d %d %d\n", c.n, big3(200, 1), big3(2, add(1, sub(5, 2))));
	fs := array[] of {add, sub};
	for(i := 0; i < len fs; i++)
		print("%d ", fs[i](10, 3));
	print("%d\n", fact(10));
	for(l := map(list of {"a", "b"}, upper); l != nil; l = tl l)
		print("%s ", hd l);
	print("\n");
	items := ref Item("c", 3) :: ref Item("a", 1) :: ref Item("b", 2) :: nil;
	for(il := sort(items); il != nil; il = tl il)
		print("%s ", (hd il).key);
	print("\n");
	t := Table[string].new();
	t.put("x", "ten");
	t.put("y", "twenty");
	print("%s %s %d\n", t.get("x"), t.get("y"), t.get("z") == nil);
	h: Op;
	print("%d %d\n", h == nil, f != nil);
}
