implement Nils;

# nil: discarding, releasing, comparing, as an argument and a name

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Nils: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Node: adt {
	v:	int;
	next:	cyclic ref Node;
};

three(): (int, string, ref Node)
{
	return (1, "s", nil);
}

unused(nil: int, b: string, nil, nil: real): string
{
	return b;
}

fds: array of ref Sys->FD;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	nil = 5;
	nil = "side " + eff();
	(nil, s, nil) := three();
	print("%s\n", s);
	(i, nil, n) := three();
	print("%d %d\n", i, n == nil);
	(nil, nil, nil) = three();
	print("%s\n", unused(1, "b", 2.0, 3.0));
	s = nil;
	print("%d\n", len s);
	l := 1 :: nil;
	l = nil;
	l = 2 :: l;
	print("%d\n", len l);
	n = ref Node(1, nil);
	n.next = ref Node(2, nil);
	n = n.next;
	print("%d\n", n.v);
	n.next = n;
	n.next = nil;
	n = nil;
	print("%d\n", n == nil);
	# closing by dropping the last reference
	fds = array[2] of ref Sys->FD;
	sys->pipe(fds);
	w := fds[0];
	r := fds[1];
	fds = nil;
	sys->fprint(w, "last words");
	w = nil;
	buf := array[32] of byte;
	while((k := sys->read(r, buf, len buf)) > 0)
		print("%d %s\n", k, string buf[0:k]);
	print("%d\n", k);
	a := array[2] of string;
	a[0] = nil;
	print("%d\n", a[0] == a[1]);
	t := (ref Node(3, nil), "t");
	(nil, x) := t;
	print("%s\n", x);
	f: ref fn();
	f = nil;
	print("%d\n", f == nil);
	c: chan of int;
	print("%d\n", c == nil);
	give(nil, nil, nil, nil);
	p := pass(nil);
	print("%d\n", p == nil);
	if((q := ref Node(9, nil)) != nil)
		print("%d\n", q.v);
	aa := array[] of {"x" :: nil, nil};
	print("%d %d\n", len aa[0], len aa[1]);
	m: Nils;
	print("%d\n", m == nil);
	loop: ref Node;
	for(j := 0; j < 1000; j++){
		loop = ref Node(j, nil);
		loop.next = loop;		# garbage that refers to itself
	}
	print("%d\n", loop.next.v);
}

eff(): string
{
	print("effect\n");
	return nil;
}

give(a: array of int, l: list of string, s: string, n: ref Node)
{
	print("%d%d%d%d\n", a == nil, l == nil, s == nil, n == nil);
}

pass(n: ref Node): ref Node
{
	return n;
}
