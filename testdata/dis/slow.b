implement Slow;

# One call each that takes long: a digest, a cipher, a sort and a product of matrices.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "keyring.m";
	kr: Keyring;
include "math.m";
	math: Math;

Slow: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	kr = load Keyring Keyring->PATH;
	math = load Math Math->PATH;
	b := array[3000000] of byte;
	for(i := 0; i < len b; i++)
		b[i] = byte (i * 7);
	d := array[Keyring->SHA512dlen] of byte;
	kr->sha512(b, len b, d, nil);
	for(i = 0; i < 8; i++)
		print("%.2x", int d[i]);
	print("\n");
	key := array[16] of byte;
	for(i = 0; i < len key; i++)
		key[i] = byte i;
	n := len b - len b % 16;
	kr->aescbc(kr->aessetup(key, nil), b, n, Keyring->Encrypt);
	for(i = n - 4; i < n; i++)
		print("%.2x", int b[i]);
	print("\n");
	b = nil;

	x := array[50000] of real;
	pi := array[len x] of int;
	for(i = 0; i < len x; i++){
		x[i] = real (i * 7919 % 50021);
		pi[i] = i;
	}
	math->sort(x, pi);
	ok := 1;
	for(i = 1; i < len pi; i++)
		if(x[pi[i-1]] > x[pi[i]])
			ok = 0;
	print("sorted %d\n", ok);

	N: con 200;
	a := array[N*N] of {* => 0.0};
	c := array[N*N] of {* => 0.0};
	for(i = 0; i < N; i++)
		a[i*N + (i+1) % N] = 2.0;
	e := array[N*N] of real;
	for(i = 0; i < len e; i++)
		e[i] = real i;
	spawn grow();
	math->gemm('N', 'N', N, N, N, 1.0, a, N, e, N, 0.0, c, N);
	ok = 1;
	for(j := 0; j < N; j++)
		for(i = 0; i < N; i++)
			if(c[(i+1) % N + j*N] != 2.0 * e[i + j*N] && c[i + j*N] != 2.0 * e[(i+1) % N + j*N] && c[i + j*N] != 2.0 * e[(i+N-1) % N + j*N])
				ok = 0;
	print("product %d\n", ok);
}

# Makes the memory grow meanwhile.
grow()
{
	l: list of array of byte;
	for(i := 0; i < 20; i++){
		l = array[500000] of byte :: l;
		sys->sleep(0);
	}
}
