implement Recurse;

# recursion: mutual, deep, through references; the frame of each call is its own

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Recurse: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

moves := 0;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	print("%d %d\n", ack(2, 3), fib(20));
	hanoi(10, "a", "b", "c");
	print("%d\n", moves);
	print("%d %d\n", even(1001), odd(1001));
	print("%d\n", deep(100000));
	perm("abc", "");
	print("\n");
	print("%d\n", queens(6, 0, nil));
	print("%bd\n", tail(100000, big 0));
	print("%d\n", hofstadter(60));
	print("%s\n", bin(37));
	print("%d\n", sub(10, 3));
	print("%d\n", tarai(8, 4, 0));
}

ack(m, n: int): int
{
	if(m == 0)
		return n+1;
	if(n == 0)
		return ack(m-1, 1);
	return ack(m-1, ack(m, n-1));
}

fib(n: int): int
{
	if(n < 2)
		return n;
	return fib(n-1)+fib(n-2);
}

hanoi(n: int, a, b, c: string)
{
	if(n == 0)
		return;
	hanoi(n-1, a, c, b);
	moves++;
	hanoi(n-1, c, b, a);
}

even(n: int): int
{
	return n == 0 || odd(n-1);
}

odd(n: int): int
{
	return n != 0 && even(n-1);
}

deep(n: int): int
{
	if(n == 0)
		return 0;
	return 1+deep(n-1);
}

perm(s, p: string)
{
	if(s == nil)
		print("%s ", p);
	for(i := 0; i < len s; i++)
		perm(s[0:i]+s[i+1:], p+s[i:i+1]);
}

queens(n, row: int, cols: list of int): int
{
	if(row == n)
		return 1;
	k := 0;
	for(c := 0; c < n; c++)
		if(safe(c, 1, cols))
			k += queens(n, row+1, c :: cols);
	return k;
}

safe(c, d: int, cols: list of int): int
{
	if(cols == nil)
		return 1;
	x := hd cols;
	return x != c && x-c != d && c-x != d && safe(c, d+1, tl cols);
}

tail(n: int, acc: big): big
{
	if(n == 0)
		return acc;
	return tail(n-1, acc+big n);
}

hofstadter(n: int): int
{
	q := array[n+1] of {* => 1};
	for(i := 3; i <= n; i++)
		q[i] = q[i-q[i-1]] + q[i-q[i-2]];
	return q[n];
}

bin(n: int): string
{
	if(n < 2)
		return string n;
	return bin(n/2) + string (n%2);
}

sub(n, k: int): int
{
	if(k == 0 || k == n)
		return 1;
	return sub(n-1, k-1) + sub(n-1, k);
}

tarai(x, y, z: int): int
{
	if(x <= y)
		return y;
	return tarai(tarai(x-1, y, z), tarai(y-1, z, x), tarai(z-1, x, y));
}
