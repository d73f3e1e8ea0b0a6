implement Lists;

# lists: cons, hd, tl, len, sharing, lists of everything

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Lists: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Point: adt {
	x, y:	int;
};

show(l: list of int)
{
	print("(");
	for(s := ""; l != nil; l = tl l){
		print("%s%d", s, hd l);
		s = " ";
	}
	print(")\n");
}

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	l := 1 :: 2 :: 3 :: nil;
	show(l);
	print("%d %d %d\n", len l, hd l, hd tl tl l);
	m := 0 :: l;
	show(m);
	print("%d\n", tl m == l);
	show(rev(m));
	show(append(l, l));
	show(list of {9, 8, 7});
	n: list of int;
	show(n);
	print("%d %d\n", n == nil, len n);
	sl := "a" :: "b" + "c" :: nil;
	while(sl != nil){
		print("%s ", hd sl);
		sl = tl sl;
	}
	print("\n");
	rl := list of {1.5, 2.5};
	bl := list of {big 1 << 40};
	yl := list of {byte 1, byte 2};
	print("%g %bd %d\n", hd tl rl, hd bl, int hd tl yl);
	pl := Point(1, 2) :: Point(3, 4) :: nil;
	print("%d %d\n", (hd pl).x, (hd tl pl).y);
	rpl := ref Point(5, 6) :: nil;
	(hd rpl).x = 50;
	print("%d\n", (hd rpl).x);
	ll := (1 :: 2 :: nil) :: (3 :: nil) :: nil;
	print("%d %d\n", len hd ll, hd hd tl ll);
	tup := (1, "x") :: (2, "y") :: nil;
	for(; tup != nil; tup = tl tup){
		(i, s) := hd tup;
		print("%d%s ", i, s);
	}
	print("\n");
	al := array[2] of {1, 2} :: array[3] of {* => 7} :: nil;
	print("%d %d\n", (hd al)[1], (hd tl al)[2]);
	print("%d\n", len argv);
	x := 1 + 2 :: 3 * 4 :: nil;
	show(x);
	show(filter(range(1, 20)));
	show(sort(list of {5, 3, 9, 1, 3}));
	(hl, t) := (hd l, tl l);
	print("%d ", hl);
	show(t);
	k := l;
	l = nil;
	show(k);
	big1: list of int;
	for(i := 0; i < 100000; i++)
		big1 = i :: big1;
	print("%d %d\n", len big1, hd big1);
	big1 = nil;
	cl := chan[1] of list of int;
	cl <-= k;
	show(<-cl);
}

rev(l: list of int): list of int
{
	r: list of int;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

append(a, b: list of int): list of int
{
	if(a == nil)
		return b;
	return hd a :: append(tl a, b);
}

range(a, b: int): list of int
{
	if(a >= b)
		return nil;
	return a :: range(a+1, b);
}

filter(l: list of int): list of int
{
	if(l == nil)
		return nil;
	if(hd l % 3 == 0)
		return hd l :: filter(tl l);
	return filter(tl l);
}

insert(x: int, l: list of int): list of int
{
	if(l == nil || x <= hd l)
		return x :: l;
	return hd l :: insert(x, tl l);
}

sort(l: list of int): list of int
{
	if(l == nil)
		return nil;
	return insert(hd l, sort(tl l));
}
