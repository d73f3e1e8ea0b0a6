implement Labels;

# labels on every statement that takes one

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Labels: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

P: adt {
	pick {
	A =>	n: int;
	B =>	s: string;
	}
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	n := 0;
a:	while(n < 10){
		n++;
	b:	do{
			n++;
			if(n == 4)
				continue a;
			if(n == 8)
				break a;
			if(n%2)
				break b;
		}while(n < 100);
	}
	print("%d\n", n);
c:	case n {
	11 =>
		for(i := 0; ; i++){
			if(i == 3)
				break c;
			print("%d ", i);
		}
		print("unreached\n");
	}
	print("\n");
	ch := chan[1] of int;
	ch <-= 3;
	k := 0;
d:	alt {
	v := <-ch =>
		for(;;){
			case v {
			3 =>
				k = v;
				break d;
			}
			print("unreached\n");
		}
	}
	print("%d\n", k);
	l := list of {mk(1), mk(2), mk(3)};
e:	for(; l != nil; l = tl l){
	f:	pick x := hd l {
		A =>
			for(;;){
				if(x.n == 1)
					break f;
				if(x.n == 3)
					continue e;
				print("unreached\n");
			}
			print("unreached\n");
		B =>
			print("%s ", x.s);
			for(j := 0; j < 5; j++)
				if(j == 2)
					continue e;
			print("unreached\n");
		}
		print("end ");
	}
	print("\n");
	x := 0;
	# the same label twice, one after the other
g:	for(;;){
		x++;
		break g;
	}
g2:	for(;;){
		x++;
		for(;;)
			break g2;
	}
	print("%d\n", x);
	# through an exception handler
h:	for(i := 0; i < 3; i++){
		{
			if(i == 1)
				continue h;
			if(i == 2)
				break h;
			raise "x";
		} exception {
		"x" =>
			print("x%d ", i);
			continue h;
		}
	}
	print("%d\n", i);
}

mk(n: int): ref P
{
	if(n == 2)
		return ref P.B("b");
	return ref P.A(n);
}
