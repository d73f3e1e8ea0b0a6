implement Chans;

# channels: unbuffered, buffered, of tuples, of channels, of references; synchronisation

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Chans: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Req: adt {
	n:	int;
	reply:	chan of int;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	c := chan of int;
	spawn gen(c, 5);
	while((n := <-c) >= 0)
		print("%d ", n);
	print("\n");
	b := chan[3] of string;
	b <-= "one";
	b <-= "two";
	b <-= "three";			# does not block: there is room
	print("%s %s %s\n", <-b, <-b, <-b);
	z := chan[0] of int;
	spawn send(z, 42);
	print("%d\n", <-z);
	r := chan of ref Req;
	spawn server(r);
	for(i := 0; i < 4; i++){
		q := ref Req(i, chan of int);
		r <-= q;
		print("%d ", <-q.reply);
	}
	r <-= nil;
	print("\n");
	cc := chan of chan of string;
	spawn giver(cc);
	s := <-cc;
	s <-= "over there";
	print("%s\n", <-s);
	t := chan of (int, string, real);
	spawn tup(t);
	(i, nil, nil) = <-t;
	(nil, x, y) := <-t;
	print("%d %s %g\n", i, x, y);
	done := chan of int;
	lock := chan[1] of int;
	cnt := array[1] of {* => 0};
	for(i = 0; i < 10; i++)
		spawn worker(lock, cnt, done);
	for(i = 0; i < 10; i++)
		<-done;
	print("%d\n", cnt[0]);
	p := chan of int;
	q := chan of int;
	spawn double(p, q);
	spawn send(p, 21);
	print("%d\n", <-q + 1);
	byt := chan[1] of byte;
	byt <-= byte 200;
	big1 := chan[1] of big;
	big1 <-= big 1 << 50;
	re := chan[1] of real;
	re <-= 1.25;
	arr := chan[1] of array of int;
	arr <-= array[] of {1, 2, 3};
	print("%d %bd %g %d\n", int <-byt, <-big1, <-re, len <-arr);
	pp := chan of int;
	qq := chan of int;
	spawn ping(pp, qq);
	for(i = 0; i < 3; i++){
		pp <-= i;
		print("%d ", <-qq);
	}
	print("\n");
	none: chan of int;
	print("%d %d\n", none == nil, c != nil);
	e := chan[2] of int;
	spawn fill(e, done);
	<-done;				# both fit
	print("%d %d\n", <-e, <-e);
	v := 1 + <-echo(7) * 2;
	print("%d\n", v);
}

gen(c: chan of int, n: int)
{
	for(i := 0; i < n; i++)
		c <-= i*i;
	c <-= -1;
}

send(c: chan of int, n: int)
{
	c <-= n;
}

server(r: chan of ref Req)
{
	while((q := <-r) != nil)
		q.reply <-= q.n*10;
}

giver(cc: chan of chan of string)
{
	c := chan of string;
	cc <-= c;
	s := <-c;
	c <-= s + " and back";
}

tup(t: chan of (int, string, real))
{
	t <-= (1, "a", .5);
	t <-= (2, "b", 1.5);
}

worker(lock: chan of int, cnt: array of int, done: chan of int)
{
	lock <-= 0;
	n := cnt[0];
	sys->sleep(0);
	cnt[0] = n+1;
	<-lock;
	done <-= 1;
}

double(p, q: chan of int)
{
	q <-= 2 * <-p;
}

ping(p, q: chan of int)
{
	for(i := 0; i < 3; i++)
		q <-= <-p + 100;
}

fill(c: chan of int, done: chan of int)
{
	c <-= 1;
	c <-= 2;
	done <-= 0;
}

echo(n: int): chan of int
{
	c := chan[1] of int;
	c <-= n;
	return c;
}
