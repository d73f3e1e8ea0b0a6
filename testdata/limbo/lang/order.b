implement Order;

# the order in which side effects happen, as the reference does it

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Order: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

log := "";

t(s: string, v: int): int
{
	log += s;
	return v;
}

p(s: string, v: ref Pt): ref Pt
{
	log += s;
	return v;
}

arr(s: string, a: array of int): array of int
{
	log += s;
	return a;
}

st(s: string): string
{
	log += s;
	return s;
}

Pt: adt {
	x, y:	int;
};

show(what: string, v: int)
{
	print("%s: %s = %d\n", what, log, v);
	log = "";
}

f3(a, b, c: int): int
{
	return a*100 + b*10 + c;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	show("binary", t("a", 1) + t("b", 2) * t("c", 3));
	show("compare", t("a", 1) < t("b", 2));
	show("and", t("a", 1) && t("b", 0) && t("c", 1));
	show("args", f3(t("a", 1), t("b", 2), t("c", 3)));
	(x, y) := (t("a", 1), t("b", 2));
	show("tuple", x*10+y);
	a := array[3] of {* => 0};
	a[t("i", 1)] = t("v", 5);
	show("index assign", a[1]);
	arr("A", a)[t("i", 2)] = t("v", 6);
	show("array index assign", a[2]);
	a[t("i", 0)] += t("v", 7);
	show("compound", a[0]);
	v := arr("A", a)[t("i", 1)];
	show("index", v);
	q := ref Pt(t("x", 1), t("y", 2));
	show("adt", q.x);
	p("P", q).x = t("v", 9);
	show("field assign", q.x);
	l := t("a", 1) :: t("b", 2) :: nil;
	show("list", hd l);
	b := array[] of {t("a", 1), t("b", 2), t("c", 3)};
	show("array init", b[2]);
	s := st("a") + st("b") + st("c");
	show("concat", len s);
	b = arr("A", a)[t("i", 1):t("j", 3)];
	show("slice", len b);
	i := 1;
	i = i++ + i;
	show("i++ + i", i);
	i = 1;
	j := i + (i = 5) + i;
	show("nested assign", j);
	i = 0;
	a[i++] = i;
	show("a[i++] = i", a[0]);
	i = 0;
	a[i] = i++;
	show("a[i] = i++", a[0]);
	i = 2;
	j = i-- - i--;
	show("i-- - i--", j);
	c := chan[2] of int;
	c <-= 1;
	c <-= 2;
	j = <-c * 10 + <-c;
	show("receives", j);
	x = 1;
	y = 2;
	(x, y) = (y, x);
	show("swap", x*10+y);
	(a[0], a[1], a[2]) = (1, 2, 3);
	(a[0], a[1], a[2]) = (a[2], a[0], a[1]);
	show("rotate", a[0]*100+a[1]*10+a[2]);
	i = 0;
	(i, a[i]) = (2, 50);
	show("i, a[i]", i*1000+a[0]*10+a[2]);
	x = y = t("z", 8);
	show("chain", x+y);
	z := f3(i++, i++, i++);
	show("args i++", z);
	k := 3;
	k += k++ * 2;
	show("k += k++ * 2", k);
	if(t("a", 0) || t("b", 1) && !t("c", 0))
		show("if", 1);
	case t("n", 2) {
	1 or 2 =>
		show("case", 1);
	}
	n := 3;
	w := n * (n = 2) + n;
	show("n * (n = 2) + n", w);
	str := "abc";
	str[t("i", 1)] = t("v", 'X');
	show("string index " + str, len str);
	g(f3(t("a", 1), 0, 0) + f3(0, t("b", 2), t("c", 3)), t("d", 4));
}

g(a, b: int)
{
	show("nested calls", a+b);
}
