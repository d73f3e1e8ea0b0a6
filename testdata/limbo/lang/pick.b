implement Pick;

# pick adts: variants with common fields, tags, the pick statement, construction and assignment

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Pick: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Shape: adt {
	name:	string;
	id:	int;
	pick {
	Circle =>
		r:	real;
	Square or
	Triangle =>
		side:	real;
	Group =>
		parts:	cyclic list of ref Shape;
		n:	int;
	None =>
	}

	area:	fn(s: self ref Shape): real;
	text:	fn(s: self ref Shape): string;
};

Expr: adt {
	pick {
	Num =>
		v:	int;
	Bin =>
		op:	int;
		l, r:	cyclic ref Expr;
	Neg =>
		e:	cyclic ref Expr;
	}
};

Shape.area(s: self ref Shape): real
{
	pick p := s {
	Circle =>
		return 3.0*p.r*p.r;
	Square =>
		return p.side*p.side;
	Triangle =>
		return p.side*p.side/2.0;
	Group =>
		a := 0.0;
		for(l := p.parts; l != nil; l = tl l)
			a += (hd l).area();
		return a;
	}
	return -1.0;
}

Shape.text(s: self ref Shape): string
{
	t := s.name + "#" + string s.id;
	pick p := s {
	Circle =>
		t += sys->sprint("(r=%g)", p.r);
	Square or Triangle =>
		t += sys->sprint("[%g]", p.side);
	Group =>
		t += "{";
		for(l := p.parts; l != nil; l = tl l)
			t += " " + (hd l).text();
		t += " }";
	* =>
		t += "?";
	}
	return t;
}

eval(e: ref Expr): int
{
	pick x := e {
	Num =>
		return x.v;
	Neg =>
		return -eval(x.e);
	Bin =>
		case x.op {
		'+' =>	return eval(x.l) + eval(x.r);
		'-' =>	return eval(x.l) - eval(x.r);
		'*' =>	return eval(x.l) * eval(x.r);
		}
	}
	return 0;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	c := ref Shape.Circle("c", 1, 2.0);
	sq: ref Shape;
	sq = ref Shape.Square("s", 2, 3.0);
	tr := ref Shape.Triangle("t", 3, 4.0);
	none := ref Shape.None("n", 4);
	g := ref Shape.Group("g", 5, c :: sq :: tr :: nil, 3);
	for(l := list of {c, sq, tr, none, g}; l != nil; l = tl l)
		print("%d %s %g\n", tagof hd l, (hd l).text(), (hd l).area());
	print("%d %d %d %d %d\n", tagof Shape.Circle, tagof Shape.Square, tagof Shape.Triangle, tagof Shape.Group, tagof Shape.None);
	print("%d %d\n", tagof c == tagof Shape.Circle, tagof sq == tagof Shape.Circle);
	c.r = 5.0;
	c.name = "big";
	print("%s\n", c.text());
	sh: ref Shape;
	sh = c;
	print("%s %d\n", sh.name, sh == c);
	pick q := sh {
	Circle =>
		q.r += 1.0;
		print("%g\n", q.r);
	* =>
		print("not a circle\n");
	}
	pick q := sq {
	Circle =>
		print("wrong\n");
	}
	e: ref Expr;
	e = ref Expr.Bin('+', ref Expr.Num(2), ref Expr.Bin('*', ref Expr.Num(3), ref Expr.Neg(ref Expr.Num(-4))));
	print("%d\n", eval(e));
	a := array[] of {ref Expr.Num(1), ref Expr.Num(2)};
	a[0].v = 9;
	print("%d\n", eval(a[0]) + eval(a[1]));
	n := 0;
	for(i := 0; i < 10; i++){
		s := mk(i);
		pick p := s {
		Circle =>
			if(i == 9)
				break;
			n += 1;
		Square =>
			n += 10;
			continue;
		Triangle =>
			n += 100;
		}
		n += 1000;
	}
	print("%d\n", n);
	copy := ref *c;
	copy.r = 0.5;
	print("%g %g\n", c.r, copy.r);
	g.parts = nil;
	print("%s\n", g.text());
}

mk(i: int): ref Shape
{
	case i%3 {
	0 =>	return ref Shape.Circle("a", i, 1.0);
	1 =>	return ref Shape.Square("b", i, 1.0);
	* =>	return ref Shape.Triangle("c", i, 1.0);
	}
}
