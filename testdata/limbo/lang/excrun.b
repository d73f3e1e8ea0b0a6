implement Excrun;

# exceptions that the machine raises: bounds, nil, negative sizes, failed loads, conversions of the reference's names

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Excrun: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Pt: adt {
	x:	int;
	next:	cyclic ref Pt;
	pick {
	A =>	a: int;
	B =>	b: int;
	}
};

None: module
{
	f:	fn(): int;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	for(i := 0; i < 22; i++){
		{
			print("%d: ", i);
			print("%d\n", fault(i));
		} exception e {
		"array bounds error" =>
			print("bounds\n");
		"dereference of nil" =>
			print("nil\n");
		"*" =>
			print("%s\n", e);
		}
	}
}

fault(n: int): int
{
	a := array[3] of int;
	b: array of int;
	s := "abc";
	p: ref Pt;
	l: list of int;
	c: chan of int;
	m: None;
	f: ref fn(n: int): int;
	minus := -1;
	case n {
	0 =>	return a[3];
	1 =>	a[minus] = 1;
	2 =>	return b[0];
	3 =>	return s[3];
	4 =>	s[5] = 'x';
	5 =>	s[minus] = 'x';
	6 =>	return p.x;
	7 =>	p.x = 1;
	8 =>	return hd l;
	9 =>	return len tl l;
	10 =>	return <-c;
	11 =>	c <-= 1;
	12 =>	return len a[2:1+minus];
	13 =>	return len a[1:4];
	14 =>	return len s[1:4];
	15 =>	return len s[3:2];
	16 =>	a[2:] = array[2] of {* => 1};
	17 =>	return len array[minus] of int;
	18 =>	return m->f();
	19 =>	return f(1);
	20 =>	x := array[2] of {* => array[2] of byte};
		return int x[1][2];
	21 =>	return (ref Pt.A(1, nil, 5)).next.x;
	}
	return 0;
}
