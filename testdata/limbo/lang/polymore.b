implement Polymore;

# polymorphism: references to polymorphic functions' instances, constraints passed on, arrays, channels and tuples of T

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Polymore: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Item: adt {
	v:	int;
	lt:	fn(a, b: ref Item): int;
	text:	fn(a: self ref Item): string;
};

Word: adt {
	s:	string;
	lt:	fn(a, b: ref Word): int;
};

Queue: adt[T] {
	c:	chan of T;
	n:	int;
	new:	fn(n: int): ref Queue[T];
	put:	fn(q: self ref Queue[T], x: T);
	get:	fn(q: self ref Queue[T]): T;
};

least[T](a, b: T): T
	for {
	T =>
		lt:	fn(a, b: T): int;
	}
{
	if(T.lt(b, a))
		return b;
	return a;
}

leastof[T](l: list of T): T
	for {
	T =>
		lt:	fn(a, b: T): int;
	}
{
	x := hd l;
	for(l = tl l; l != nil; l = tl l)
		x = least(x, hd l);
	return x;
}

fold[T, U](f: ref fn(u: U, t: T): U, u: U, l: list of T): U
{
	for(; l != nil; l = tl l)
		u = f(u, hd l);
	return u;
}

zip[A, B](a: list of A, b: list of B): list of (A, B)
{
	if(a == nil || b == nil)
		return nil;
	return (hd a, hd b) :: zip(tl a, tl b);
}

l2a[T](l: list of T): array of T
{
	a := array[len l] of T;
	for(i := 0; l != nil; l = tl l)
		a[i++] = hd l;
	return a;
}

isnil[T](x: T): int
{
	return x == nil;
}

producer[T](q: ref Queue[T], l: list of T)
{
	for(; l != nil; l = tl l)
		q.put(hd l);
	q.put(nil);
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	items := ref Item(5) :: ref Item(2) :: ref Item(8) :: nil;
	words := ref Word("m") :: ref Word("c") :: ref Word("x") :: nil;
	print("%d %s\n", leastof(items).v, leastof(words).s);
	print("%s\n", fold(join, "", items));
	for(z := zip(items, words); z != nil; z = tl z){
		(i, w) := hd z;
		print("%d%s ", i.v, w.s);
	}
	print("\n");
	a := l2a("p" :: "q" :: nil);
	print("%d %s\n", len a, a[1]);
	print("%d %d\n", isnil(""), isnil(items));
	q := Queue[string].new(2);
	spawn producer(q, "one" :: "two" :: "three" :: nil);
	while((s := q.get()) != nil)
		print("%s ", s);
	print("%d\n", q.n);
	f: ref fn(u: string, i: ref Item): string;
	f = join;
	print("%s\n", f("x", hd items));
}

join(u: string, i: ref Item): string
{
	return u + i.text();
}

Item.lt(a, b: ref Item): int
{
	return a.v < b.v;
}

Item.text(a: self ref Item): string
{
	return "<" + string a.v + ">";
}

Word.lt(a, b: ref Word): int
{
	return a.s < b.s;
}

Queue[T].new(n: int): ref Queue[T]
{
	return ref Queue[T](chan[n] of T, 0);
}

Queue[T].put(q: self ref Queue[T], x: T)
{
	q.c <-= x;
}

Queue[T].get(q: self ref Queue[T]): T
{
	x := <-q.c;
	q.n++;
	return x;
}
