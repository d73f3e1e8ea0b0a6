implement Types;

# type synonyms, forward references, types as members, module-qualified types, imports

include "sys.m";
	sys: Sys;
	print, sprint, Dir, Qid, FD: import sys;
include "draw.m";
	Point, Rect: import Draw;

Types: module
{
	Num: type int;
	Names: type list of string;
	MAX: con 10;
	Item: adt {
		n:	Num;
		names:	Names;
		ITEM: con 3;
		size:	fn(i: self ref Item): int;
	};
	init:	fn(nil: ref Draw->Context, nil: list of string);
	f:	fn(i: Item): Num;
};

Table: type array of ref Entry;		# Entry comes later
Entry: adt {
	key:	string;
	val:	Value;
	next:	cyclic ref Entry;
};
Value: type (int, real);
Fn: type ref fn(v: Value): Value;
Chan: type chan of (Value, chan of int);
I: type Int2;
Int2: type int;
Mat: type array of array of real;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	n: Num = 4;
	i: int = n + MAX;
	print("%d %d\n", i, Types->MAX);
	it := ref Item(3, "a" :: "b" :: nil);
	print("%d %d %d\n", it.size(), Item.ITEM, f(*it));
	t: Table = array[2] of {* => ref Entry("k", (1, 2.5), nil)};
	t[0].next = t[1];
	t[0].next.val = (7, .5);
	print("%d %g\n", t[1].val.t0, t[1].val.t1);
	g: Fn = twice;
	v := g((4, 1.25));
	print("%d %g\n", v.t0, v.t1);
	x: I = 5;
	x += n;
	print("%d\n", x);
	m: Mat = array[2] of {* => array[2] of {* => 1.0}};
	m[1][0] = 3.0;
	print("%g\n", m[0][0] + m[1][0]);
	q: Sys->Qid;
	q = Qid(big 5, 1, Sys->QTDIR);
	d := sys->zerodir;
	d.name = "file";
	d.qid = q;
	print("%s %bd %d %x\n", d.name, d.qid.path, d.qid.vers, d.qid.qtype);
	e: Dir;
	e = sys->nulldir;
	print("%d %d %bd %bd\n", e.mode, e.mtime, e.length, e.qid.path);
	p := Point(1, 2);
	r: Draw->Rect;
	r.min = p;
	r.max = Draw->Point(30, 40);
	print("%d %d\n", r.min.y, r.max.x);
	fd: ref FD;
	fd = sys->fildes(1);
	print("%d\n", fd.fd);
	c: Chan;
	c = chan[1] of (Value, chan of int);
	rep := chan[1] of int;
	c <-= ((3, 1.0), rep);
	(val, ch) := <-c;
	ch <-= val.t0;
	print("%d\n", <-rep);
	Local: type (string, Num);
	l: Local = ("loc", 9);
	print("%s %d\n", l.t0, l.t1);
	lt: adtlist;
	lt = Item(1, nil) :: lt;
	print("%d\n", (hd lt).n);
	print("%s\n", sprint("%d", Draw->Red>>24&16rff));
	print("%d\n", Sys->OREAD|Sys->OTRUNC);
}

adtlist: type list of Item;

twice(v: Value): Value
{
	return (v.t0*2, v.t1*2.0);
}

Item.size(i: self ref Item): int
{
	return len i.names;
}

f(i: Item): Num
{
	return i.n*i.n;
}
