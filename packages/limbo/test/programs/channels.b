implement Channels;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Channels: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

producer(c: chan of int, n: int)
{
	for(i := 0; i < n; i++)
		c <-= i;
	c <-= -1;
}

doubler(in, out: chan of int)
{
	while((v := <-in) >= 0)
		out <-= v*2;
	out <-= -1;
}

pair(c: chan of (string, int))
{
	c <-= ("pair", 7);
	c <-= ("again", 8);
}

once(c: chan of string, s: string)
{
	c <-= s;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	a := chan of int;
	b := chan of int;
	spawn producer(a, 4);
	spawn doubler(a, b);
	for(;;){
		v := <-b;
		if(v < 0)
			break;
		print("%d ", v);
	}
	print("\n");
	pc := chan of (string, int);
	spawn pair(pc);
	(s, n) := <-pc;
	print("%s %d\n", s, n);
	t := <-pc;
	print("%s %d\n", t.t0, t.t1);
	buf := chan[2] of string;
	buf <-= "one";
	buf <-= "two";
	alt {
	buf <-= "three" =>
		print("sent\n");
	* =>
		print("full\n");
	}
	print("%s %s\n", <-buf, <-buf);
	x := chan of string;
	y := chan of int;
	spawn once(x, "from x");
	got := 0;
	z := chan of int;
	spawn sink(y, z);
	while(got < 3){
		alt {
		m := <-x =>
			got++;
			print("%s\n", m);
		y <-= 10 =>
			got++;
		<-z =>
			got++;
		}
	}
	cs := array[3] of {* => chan[1] of int};
	cs[1] <-= 42;
	(which, value) := <-cs;
	print("%d %d\n", which, value);
	cs[2] <-= 5;
	alt {
	(i, v) := <-cs =>
		print("%d %d\n", i, v);
	<-x or <-y =>
		print("no\n");
	}
	r := chan of real;
	g := chan of big;
	spawn send2(r, g);
	print("%g %bd\n", <-r, <-g);
}

sink(in, done: chan of int)
{
	<-in;
	done <-= 1;
}

send2(r: chan of real, g: chan of big)
{
	r <-= 2.5;
	g <-= big 1 << 35;
}
