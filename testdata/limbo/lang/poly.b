implement Poly;

# polymorphic functions and adts, with and without constraints

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Poly: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Name: adt {
	s:	string;
	eq:	fn(a, b: ref Name): int;
	cmp:	fn(a, b: ref Name): int;
};

Num: adt {
	n:	int;
	cmp:	fn(a, b: ref Num): int;
	eq:	fn(a, b: ref Num): int;
};

Stack: adt[T] {
	items:	list of T;
	n:	int;
	push:	fn(s: self ref Stack[T], x: T);
	pop:	fn(s: self ref Stack[T]): T;
	new:	fn(x: T): ref Stack[T];
};

Tree: adt[K, V]
	for {
	K =>
		cmp:	fn(a, b: K): int;
	}
{
	l, r:	ref Tree[K, V];
	k:	K;
	v:	V;
	put:	fn(t: self ref Tree[K, V], k: K, v: V): ref Tree[K, V];
	get:	fn(t: self ref Tree[K, V], k: K): V;
};

Pair: adt[A, B] {
	a:	A;
	b:	B;
};

rev[T](l: list of T): list of T
{
	r: list of T;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

map[T, U](f: ref fn(x: T): U, l: list of T): list of U
{
	if(l == nil)
		return nil;
	return f(hd l) :: map(f, tl l);
}

member[T](x: T, l: list of T): int
	for {
	T =>
		eq:	fn(a, b: T): int;
	}
{
	for(; l != nil; l = tl l)
		if(T.eq(x, hd l))
			return 1;
	return 0;
}

sort[T](a: array of T)
	for {
	T =>
		cmp:	fn(a, b: T): int;
	}
{
	for(i := 1; i < len a; i++){
		x := a[i];
		for(j := i; j > 0 && T.cmp(x, a[j-1]) < 0; j--)
			a[j] = a[j-1];
		a[j] = x;
	}
}

swap[A, B](p: (A, B)): (B, A)
{
	(a, b) := p;
	return (b, a);
}

id[T](x: T): T
{
	return x;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	for(l := rev("a" :: "b" :: "c" :: nil); l != nil; l = tl l)
		print("%s ", hd l);
	nl := rev(ref Num(1) :: ref Num(2) :: nil);
	print("%d %d\n", (hd nl).n, (hd tl nl).n);
	for(l = map(text, nl); l != nil; l = tl l)
		print("%s ", hd l);
	print("\n");
	names := ref Name("bob") :: ref Name("alice") :: nil;
	print("%d %d\n", member(ref Name("alice"), names), member(ref Name("eve"), names));
	a := array[] of {ref Num(5), ref Num(3), ref Num(9), ref Num(1)};
	sort(a);
	for(i := 0; i < len a; i++)
		print("%d ", a[i].n);
	b := array[] of {ref Name("x"), ref Name("m"), ref Name("a")};
	sort(b);
	for(i = 0; i < len b; i++)
		print("%s ", b[i].s);
	print("\n");
	(n, s) := swap((ref Num(1), "one"));
	print("%s %d\n", n, s.n);
	st := Stack[string].new("bottom");
	st.push("mid");
	st.push("top");
	print("%s %s %d\n", st.pop(), st.pop(), st.n);
	sn: ref Stack[ref Num];
	sn = sn.new(ref Num(10));
	sn.push(ref Num(20));
	print("%d\n", sn.pop().n + sn.pop().n);
	t: ref Tree[ref Name, string];
	t = t.put(ref Name("k1"), "v1");
	t = t.put(ref Name("k0"), "v0");
	t = t.put(ref Name("k2"), "v2");
	t = t.put(ref Name("k1"), "new");
	print("%s %s %s %d\n", t.get(ref Name("k0")), t.get(ref Name("k1")), t.get(ref Name("k2")), t.get(ref Name("zz")) == nil);
	p := ref Pair[string, ref Num]("p", ref Num(4));
	print("%s %d\n", p.a, p.b.n);
	print("%s\n", id("same"));
	pl := ref Pair[list of string, array of int]("q" :: nil, array[] of {1, 2});
	print("%d %d\n", len pl.a, pl.b[1]);
}

text(n: ref Num): string
{
	return "#" + string n.n;
}

Name.eq(a, b: ref Name): int
{
	return a.s == b.s;
}

Name.cmp(a, b: ref Name): int
{
	if(a.s < b.s)
		return -1;
	return a.s > b.s;
}

Num.cmp(a, b: ref Num): int
{
	return a.n-b.n;
}

Num.eq(a, b: ref Num): int
{
	return a.n == b.n;
}

Stack[T].push(s: self ref Stack[T], x: T)
{
	s.items = x :: s.items;
	s.n++;
}

Stack[T].pop(s: self ref Stack[T]): T
{
	x := hd s.items;
	s.items = tl s.items;
	s.n--;
	return x;
}

Stack[T].new(x: T): ref Stack[T]
{
	return ref Stack[T](x :: nil, 1);
}

Tree[K, V].put(t: self ref Tree[K, V], k: K, v: V): ref Tree[K, V]
{
	if(t == nil)
		return ref Tree[K, V](nil, nil, k, v);
	c := K.cmp(k, t.k);
	if(c < 0)
		t.l = t.l.put(k, v);
	else if(c > 0)
		t.r = t.r.put(k, v);
	else
		t.v = v;
	return t;
}

Tree[K, V].get(t: self ref Tree[K, V], k: K): V
{
	if(t == nil)
		return nil;
	c := K.cmp(k, t.k);
	if(c < 0)
		return t.l.get(k);
	if(c > 0)
		return t.r.get(k);
	return t.v;
}
