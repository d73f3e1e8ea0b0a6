implement Hash;

# bit operations in anger: a CRC, SHA-1 of a string, base 64, a linear congruential generator

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Hash: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

b64 := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	t := table();
	for(l := list of {"", "a", "123456789", "The quick brown fox jumps over the lazy dog"}; l != nil; l = tl l){
		a := array of byte hd l;
		print("%.8ux %s %s %s\n", crc(t, a), sha1(a), base64(a), string unbase64(base64(a)));
	}
	x := 12345;
	y := big 12345;
	for(i := 0; i < 1000; i++){
		x = x*1103515245 + 12345;
		y = y*6364136223846793005 + 1442695040888963407;
	}
	print("%d %bd\n", x, y);
	print("%d %d %d\n", popcount(16r12345678), popcount(-1), ffs(16r500));
	print("%d %ux\n", rotl(1, 31), rotl(int 16r80000001, 4));
	print("%bx\n", rev64(16r0123456789abcdef));
	print("%ux\n", fnv("limbo"));
}

table(): array of int
{
	t := array[256] of int;
	for(i := 0; i < 256; i++){
		c := i;
		for(k := 0; k < 8; k++)
			if(c & 1)
				c = (c>>1 & 16r7fffffff) ^ int 16rEDB88320;
			else
				c = c>>1 & 16r7fffffff;
		t[i] = c;
	}
	return t;
}

crc(t: array of int, a: array of byte): int
{
	c := ~0;
	for(i := 0; i < len a; i++)
		c = t[(c ^ int a[i]) & 16rff] ^ (c>>8 & 16rffffff);
	return ~c;
}

rotl(x, n: int): int
{
	return x<<n | x>>32-n & (1<<n)-1;
}

sha1(a: array of byte): string
{
	n := len a;
	m := array[(n+8)/64*64+64] of {* => byte 0};
	m[0:] = a;
	m[n] = byte 16r80;
	for(i := 0; i < 4; i++)
		m[len m-1-i] = byte (n*8 >> 8*i);
	h := array[] of {16r67452301, int 16rEFCDAB89, int 16r98BADCFE, 16r10325476, int 16rC3D2E1F0};
	w := array[80] of int;
	for(o := 0; o < len m; o += 64){
		for(i = 0; i < 16; i++)
			w[i] = int m[o+4*i]<<24 | int m[o+4*i+1]<<16 | int m[o+4*i+2]<<8 | int m[o+4*i+3];
		for(; i < 80; i++)
			w[i] = rotl(w[i-3]^w[i-8]^w[i-14]^w[i-16], 1);
		(a0, b, c, d, e) := (h[0], h[1], h[2], h[3], h[4]);
		for(i = 0; i < 80; i++){
			f, k: int;
			case i/20 {
			0 =>	(f, k) = (b&c | ~b&d, 16r5A827999);
			1 =>	(f, k) = (b^c^d, 16r6ED9EBA1);
			2 =>	(f, k) = (b&c | b&d | c&d, int 16r8F1BBCDC);
			3 =>	(f, k) = (b^c^d, int 16rCA62C1D6);
			}
			(a0, b, c, d, e) = (rotl(a0, 5)+f+e+k+w[i], a0, rotl(b, 30), c, d);
		}
		h[0] += a0; h[1] += b; h[2] += c; h[3] += d; h[4] += e;
	}
	s := "";
	for(i = 0; i < 5; i++)
		s += sys->sprint("%.8ux", h[i]);
	return s;
}

base64(a: array of byte): string
{
	s := "";
	for(i := 0; i < len a; i += 3){
		v := int a[i]<<16;
		if(i+1 < len a)
			v |= int a[i+1]<<8;
		if(i+2 < len a)
			v |= int a[i+2];
		for(k := 0; k < 4; k++)
			if(i+k-1 >= len a)
				s[len s] = '=';
			else
				s[len s] = b64[v>>18-6*k & 63];
	}
	return s;
}

unbase64(s: string): array of byte
{
	a := array[len s*3/4] of byte;
	n, v, bits: int;
	n = v = bits = 0;
	for(i := 0; i < len s && s[i] != '='; i++){
		for(k := 0; b64[k] != s[i]; k++)
			;
		v = v<<6 | k;
		bits += 6;
		if(bits >= 8){
			bits -= 8;
			a[n++] = byte (v>>bits);
		}
	}
	return a[0:n];
}

popcount(x: int): int
{
	for(n := 0; x != 0; n++)
		x &= x-1;
	return n;
}

ffs(x: int): int
{
	for(n := 0; (x & 1<<n) == 0; n++)
		;
	return n;
}

rev64(x: big): big
{
	r := big 0;
	for(i := 0; i < 8; i++){
		r = r<<8 | x & big 16rff;
		x >>= 8;
	}
	return r;
}

fnv(s: string): int
{
	h := int 16r811c9dc5;
	a := array of byte s;
	for(i := 0; i < len a; i++)
		h = (h ^ int a[i]) * 16777619;
	return h;
}
