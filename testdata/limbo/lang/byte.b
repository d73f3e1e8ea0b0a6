implement Byte;

# bytes are unsigned 8-bit numbers with arithmetic of their own

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Byte: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

g: byte = byte 200;
tab := array[] of {byte 1, byte 2, byte 16rfe, * => byte 9};

p(b: byte)
{
	print("%d ", int b);
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	a := byte 250;
	b := byte 10;
	p(a+b); p(b-a); p(a*b); p(a/b); p(a%b); print("\n");
	p(a&b); p(a|b); p(a^b); p(~a); p(-b); print("\n");
	p(a<<1); p(a>>1); p(b<<5); print("\n");
	print("%d %d %d %d %d %d\n", a<b, a>b, a<=b, a>=b, a==b, a!=b);
	p(byte 256); p(byte -1); p(byte 1000); p(byte 3.7); p(byte "77"); print("\n");
	a++; p(a); a += byte 10; p(a); a--; p(a); --a; p(a); print("\n");
	a = byte 77;
	a -= byte 7; p(a); a *= byte 3; p(a); a /= byte 4; p(a); a %= byte 50; p(a);
	a <<= 3; p(a); a >>= 2; p(a); a |= byte 128; p(a); a &= byte 16rf0; p(a); a ^= byte 16rff; p(a);
	print("\n");
	for(i := 0; i < len tab; i++)
		p(tab[i]);
	print("\n");
	x := array of byte "héllo→";
	for(i = 0; i < len x; i++)
		p(x[i]);
	print("%d\n", len x);
	print("%s\n", string x[0:3] + string x[3:]);
	s := 0;
	for(i = 0; i < len x; i++)
		s += int x[i];
	print("%d %d %d\n", s, int byte s, int g);
	z: byte;
	z = byte 0;
	do
		z += byte 51;
	while(z != byte 255);
	p(z);
	print("%d\n", !0);
	x[0] = byte 'H';
	x[1:] = array of byte "ÉL";
	print("%s\n", string x);
	print("%bd %g %s\n", big z, real z, string z);
	c := byte 'a';
	if(c >= byte 'a' && c <= byte 'z')
		c += byte 'A' - byte 'a';
	print("%c\n", int c);
}
