implement Big;

# 64-bit arithmetic, constants, comparisons, conversions and case on big

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Big: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

K: con big 1 << 40;
g: big = big 5;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	a := big 1000000007;
	b := big 998244353;
	print("%bd %bd %bd\n", a+b, a-b, a*b);
	print("%bd %bd\n", a*a/b, a*a%b);
	print("%bd %bd\n", -a*b/big 1000, -a*b%big 1000);
	print("%bd %bd %bd %bd\n", a&b, a|b, a^b, ~a);
	print("%bd %bd %bd\n", a<<20, a<<20>>5, -a>>7);
	print("%bd %bd\n", K, K*K);
	m := 16r7fffffffffffffff;
	print("%bd %bd\n", m, m+big 1);
	print("%d %d %d %d %d %d\n", a<b, a>b, a<=b, a>=b, a==b, a!=b);
	print("%bd %bd\n", 9223372036854775807, 16r123456789abcdef);
	print("%bx %bo\n", 16r123456789abcdef, big 8r7777);
	print("%d %d\n", int a, int (big 1 << 32 | big 7));
	print("%bd %bd\n", big -1, big int 16rffffffff);
	print("%bd\n", big 2**62);
	i := big 3;
	print("%bd ", i++);
	print("%bd ", ++i);
	print("%bd\n", i--);
	i += K; print("%bd ", i);
	i -= big 4; print("%bd ", i);
	i *= big 3; print("%bd ", i);
	i /= big 1000; print("%bd ", i);
	i %= big 10007; print("%bd ", i);
	i <<= 33; print("%bd ", i);
	i >>= 3; print("%bd ", i);
	i |= big 255; print("%bd ", i);
	i &= big 16rffff; print("%bd ", i);
	i ^= big 1; print("%bd\n", i);
	print("%bd\n", fact(big 20));
	print("%bd %d\n", g, !(int g));
	for(l := list of {big 0, big 5, big 99, K, K+big 1, -K, big 16r7fffffff + big 1}; l != nil; l = tl l)
		print("%s ", what(hd l));
	print("\n");
	print("%bd\n", fib(90));
	if(a > b && b > big 0 || a == big 0)
		print("ordered\n");
	q := array[3] of { * => big 7 };
	q[1] = K;
	q[1]++;
	print("%bd %bd %bd\n", q[0], q[1], q[2]);
}

fact(n: big): big
{
	if(n <= big 1)
		return big 1;
	return n*fact(n-big 1);
}

fib(n: int): big
{
	a := big 0;
	b := big 1;
	while(n-- > 0)
		(a, b) = (b, a+b);
	return a;
}

what(n: big): string
{
	case n {
	big 0 =>
		return "zero";
	big 1 or big 5 or big 10 or big 99 =>
		return "small";
	K =>
		return "K";
	-K =>
		return "minus K";
	big 16r80000000 =>
		return "unsigned";
	* =>
		return "other";
	}
}
