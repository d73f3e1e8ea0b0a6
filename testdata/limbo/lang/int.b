implement Int;

# int arithmetic: wrapping, truncating division, shifts, precedence, compound assignment

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Int: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

g: int;
one: int = 1;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	a := 17;
	b := 5;
	print("%d %d %d %d %d\n", a+b, a-b, a*b, a/b, a%b);
	print("%d %d %d\n", -a/b, -a%b, a/-b);
	print("%d %d %d %d\n", a&b, a|b, a^b, ~a);
	print("%d %d %d\n", a<<2, a>>1, -a>>1);
	max := 16r7fffffff;
	print("%d %d %d\n", max+one, -max-2, max*2);
	min := int 16r80000000;
	print("%d %d %d\n", min, -min, min-1);
	# precedence: ** over *, * over +, + over <<, << over <, < over ==, == over &, ^ , |
	print("%d\n", 1+2*3**2<<1);
	print("%d\n", 1<<2+1);
	print("%d\n", a&b == b);
	print("%d\n", 1|2^3&2);
	print("%d %d\n", 10-3-2, 100/10/5);
	print("%d %d\n", 2**3**2, -3**2);
	print("%d\n", -one - -one);
	print("%d\n", !a + !0 + !!a);
	print("%d %d %d %d %d %d\n", a<b, a>b, a<=b, a>=b, a==b, a!=b);
	i := 3;
	print("%d ", i++);
	print("%d ", i);
	print("%d ", ++i);
	print("%d ", i--);
	print("%d %d\n", --i, i);
	i += 10; print("%d ", i);
	i -= 3; print("%d ", i);
	i *= 7; print("%d ", i);
	i /= 4; print("%d ", i);
	i %= 6; print("%d ", i);
	i <<= 5; print("%d ", i);
	i >>= 1; print("%d ", i);
	i |= 129; print("%d ", i);
	i &= 16rF0; print("%d ", i);
	i ^= 16rFF; print("%d\n", i);
	x, y, z: int;
	x = y = z = 4;
	x += y -= z *= 2;
	print("%d %d %d\n", x, y, z);
	print("%d\n", (x = 3) + x);
	g = one;
	g++;
	g = g + g++;
	print("%d\n", g);
	print("%d %d %d %d\n", 16rff, 8r17, 2r1011, 36rzz);
	print("%d %d %d %d %d %d\n", 'a', '\n', '\\', '\'', '\u00e9', 'é');
	p := array[] of {1, 2, 3};
	j := 0;
	p[j++] += 10;
	p[j++] *= 10;
	print("%d: %d %d %d\n", j, p[0], p[1], p[2]);
	print("%d %d\n", abs(-5), abs(5));
	print("%d\n", gcd(1071, 462));
	s := 0;
	for(k := 0; k < 32; k++)
		s ^= 1<<k;
	print("%d\n", s);
	print("%d %d\n", lsr(-1, 28), lsr(16, 2));
}

abs(n: int): int
{
	if(n < 0)
		return -n;
	return n;
}

gcd(a, b: int): int
{
	while(b != 0)
		(a, b) = (b, a%b);
	return a;
}

lsr(v, n: int): int
{
	return v>>n & ~(~0<<32-n);
}
