implement Expressions;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Expressions: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

N:	con 10;
Big:	con big 1 << 40;

sq(x: int): int
{
	return x*x;
}

max(a, b: int): int
{
	if(a > b)
		return a;
	return b;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	ints();
	bigs();
	bytes();
	reals();
	strings();
	conditions();
	print("%d %d\n", sq(3)+sq(4), max(sq(2), 3));
	print("%d\n", max(max(1, 5), max(7, 2)));
}

ints()
{
	a := 7;
	b := -3;
	print("%d %d %d %d %d\n", a+b, a-b, a*b, a/b, a%b);
	print("%d %d %d %d %d\n", a&b, a|b, a^b, ~a, !a);
	print("%d %d %d\n", a<<3, b>>1, a**3);
	print("%d %d %d\n", 2**3**2, -3**2, 3**4*2);
	print("%d %d\n", 16r7fffffff, int 16r80000000);
	print("%d %d %d\n", 'a', 2r1011, 8r17);
	c := a++ + ++b;
	c += a-- - --b;
	print("%d %d %d\n", a, b, c);
	c <<= 2; c |= 1; c ^= 16; c &= 255; c >>= 1; c %= 50; c *= 3; c -= 4; c /= 2; c **= 2;
	print("%d\n", c);
	a = b = c = 5;
	print("%d %d %d\n", a, b, c);
	print("%d\n", 1 + 2 - 3*4 + (5 << 1) % 7);
	print("%d %d\n", N*N, (N+1)*(N-1));
	print("%d\n", a*2 + (b*3 + (c*4 + (a*5 + b*6)*7)*8)*9);
}

bigs()
{
	a := big 16r123456789ab;
	b := big -77;
	print("%bd %bd %bd %bd %bd\n", a+b, a-b, a*b, a/b, a%b);
	print("%bd %bd %bd %bd\n", a&b, a|b, a^b, ~a);
	print("%bd %bd %bd\n", a<<3, b>>1, b**3);
	print("%bd %d %s\n", Big, int a, string a);
	print("%bd %bd\n", big "-12345678901", big 3.7);
	a++; b--;
	print("%bd %bd %d %d\n", a, b, a > b, a == b);
	a += big 5; a *= big 2;
	print("%bd\n", a);
}

bytes()
{
	a := byte 200;
	b := byte 100;
	print("%d %d %d %d %d\n", int (a+b), int (a-b), int (a*b), int (a/b), int (a%b));
	print("%d %d %d %d\n", int (a&b), int (a|b), int (a^b), int ~a);
	print("%d %d\n", int (a<<1), int (a>>2));
	a++;
	print("%d %d %d\n", int a, a > b, a != b);
	print("%d %s %bd %g\n", int byte "65", string a, big a, real a);
}

reals()
{
	x := 3.5;
	y := -1.25e2;
	print("%g %g %g %g\n", x+y, x-y, x*y, y/x*0.0);
	print("%g %d %bd %s\n", -x, int x, big y, string x);
	print("%d %d %d %d\n", x < y, x >= y, x == y, x != y);
	x += 1.; x *= 2.;
	x++;
	print("%g %g %g\n", x, x**3, 16r1.8);
	print("%.3f %e\n", 22.0/7.0, 1.0e10);
}

strings()
{
	s := "hello";
	t := s + " " + "world" + "!";
	print("%s %d %s %s\n", t, len t, t[0:5], t[6:]);
	print("%d %c\n", s[1], s[len s-1]);
	s[0] = 'j';
	s[len s] = '!';
	s[1] += 1;
	s[2]++;
	print("%s\n", s);
	u := "añ€\u4e2d";
	print("%s %d %d\n", u, len u, u[2]);
	u += "x";
	print("%s %d %d %d\n", u, u < "b", u == "añ€\u4e2dx", u != nil);
	b := array of byte u;
	print("%d %s\n", len b, string b);
	e := "";
	print("%d %d '%s' '%s'\n", len e, e == nil, e, `raw\n"string"`);
	print("%s %d %g\n", string 42, int "17", real "2.5");
}

conditions()
{
	a := 1; b := 2; c := 0;
	if(a && b)
		print("and\n");
	if(c || b && !c)
		print("or\n");
	if(!(a < b || c > 3) || (a == 1 && (b == 2 || c == 3)))
		print("mixed\n");
	x := a < b;
	y := a > b || c != 0;
	z := !a;
	print("%d %d %d %d\n", x, y, z, !(a == b) && b >= 2);
	if(1)
		print("yes\n");
	else
		print("no\n");
	if(0)
		print("no\n");
	while(c < 3 && (a || b))
		c++;
	print("%d\n", c);
}
