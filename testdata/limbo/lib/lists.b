implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "lists.m";
	lists: Lists;

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Num: adt {
	n:	int;
	eq:	fn(a, b: ref Num): int;
};

Num.eq(a, b: ref Num): int
{
	return a.n == b.n;
}

show(l: list of string)
{
	for(; l != nil; l = tl l)
		print("%s ", hd l);
	print(".\n");
}

shown(l: list of ref Num)
{
	for(; l != nil; l = tl l)
		print("%d ", (hd l).n);
	print(".\n");
}

short(s: string): int
{
	return len s <= 3;
}

any(s: string): int
{
	return s != nil;
}

twice(s: string): string
{
	return s + s;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	lists = load Lists Lists->PATH;
	a := "one" :: "two" :: "three" :: "four" :: nil;
	b := "x" :: "y" :: nil;
	none: list of string;
	show(lists->map(twice, a));
	show(lists->map(twice, none));
	print("%d %d %d %d\n", lists->allsat(short, a), lists->allsat(any, a), lists->allsat(short, none), lists->allsat(short, b));
	print("%d %d %d\n", lists->anysat(short, a), lists->anysat(short, none), lists->anysat(short, "long" :: nil));
	show(lists->filter(short, a));
	show(lists->filter(short, none));
	(y, n) := lists->partition(short, a);
	show(y);
	show(n);
	show(lists->append(a, "five"));
	show(lists->append(none, "only"));
	show(lists->concat(a, b));
	show(lists->concat(none, b));
	show(lists->concat(a, none));
	print("%d\n", len lists->combine(a, b));
	show(lists->reverse(a));
	show(lists->reverse(none));
	print("%s\n", lists->last(a));
	nl := ref Num(1) :: ref Num(2) :: ref Num(3) :: ref Num(2) :: nil;
	shown(lists->find(ref Num(2), nl));
	shown(lists->find(ref Num(9), nl));
	shown(lists->delete(ref Num(2), nl));
	shown(lists->delete(ref Num(9), nl));
	print("%d %d\n", lists->ismember(ref Num(3), nl), lists->ismember(ref Num(4), nl));
	for(p := lists->pair(b, ref Num(7) :: ref Num(8) :: nil); p != nil; p = tl p)
		print("%s %d, ", (hd p).t0, (hd p).t1.n);
	print("\n");
	(l1, l2) := lists->unpair(lists->pair(a, nl));
	show(l1);
	shown(l2);
	{
		lists->last(none);
	} exception e {
	"*" =>
		print("%s\n", e);
	}
	{
		lists->pair(a, b);
	} exception e {
	"*" =>
		print("%s\n", e);
	}
}
