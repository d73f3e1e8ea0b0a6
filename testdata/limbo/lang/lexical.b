implement Lexical;

# the words of the language: comments, numbers in every radix, characters, strings, identifiers

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Lexical: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

_under, x_y, Ünïcode, λ, a1: int;	# letters beyond ASCII are letters
s := "a # is no comment in a string";

init(nil: ref Draw->Context,nil:list of string){sys=load Sys Sys->PATH;
	λ=1;Ünïcode=2;_under=3;x_y=4;a1=5;# no spaces needed
	print("%d%d%d%d%d\n",λ,Ünïcode,_under,x_y,a1);
	print("%s\n", s);
	print("%d %d %d %d %d\n", 0, 007, 16rFF, 2r1111, 36rLimbo);
	print("%bd %bd\n", 4294967296, 16r100000000);
	print("%g %g %g %g %g\n", 1.0, 1e2, .5e-1, 1., 16rA.8);
	print("%d %d %d %d\n", 'x', '\'', '\u0041', '☺');
	print("%s", "\"\\\t\u263a\n");
	print("%d\n",1+-1- -1+ +1);
	i:=3;
	print("%d\n", i+++i);
	print("%d\n", i---i);
	c:=chan[1]of int;c<-=5;
	print("%d\n",<-c);
	print("%d\n", -<-one());
	l:=1::2::nil;
	print("%d %d\n",hd l,hd tl l);
	if(i< -1)print("less\n");else print("i<-1 would be a receive\n");
	a:=array[]of{1,2,3};
	print("%d %d\n",a[1:][0],len a[:2]);
	print("%d\n", i**2**1);
	print("%d%d\n", i>>1<<1, ~i&16rf);
	# a comment at the very end
}

one(): chan of int
{
	c := chan[1] of int;
	c <-= 1;
	return c;
}
