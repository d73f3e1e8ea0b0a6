implement Spawn;

# spawn: functions, methods, module functions, function references; arguments are copied; exit ends one process

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Spawn: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
	worker:	fn(c: chan of string, s: string);
};

Acc: adt {
	n:	int;
	c:	chan of int;
	run:	fn(a: self ref Acc, times: int);
	once:	fn(a: self Acc);
};

shared := 0;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	c := chan of int;
	for(i := 0; i < 5; i++)
		spawn square(i, c);
	sum := 0;
	for(i = 0; i < 5; i++)
		sum += <-c;
	print("%d\n", sum);
	a := ref Acc(3, chan of int);
	spawn a.run(4);
	print("%d %d\n", <-a.c, a.n);
	b := *a;
	spawn b.once();
	b.n = 999;
	print("%d\n", <-b.c);
	s := "before";
	sc := chan of string;
	spawn worker(sc, s);
	s = "after";
	print("%s %s\n", <-sc, s);
	me := load Spawn SELF;
	spawn me->worker(sc, "module");
	print("%s\n", <-sc);
	f: ref fn(c: chan of string, s: string);
	f = worker;
	spawn f(sc, "reference");
	print("%s\n", <-sc);
	done := chan of int;
	spawn quits(done);
	print("%d\n", <-done);
	spawn set(done);
	<-done;
	print("%d\n", shared);
	# the primes, with a process for each
	p := chan of int;
	spawn count(p, 60);
	while((n := <-p) >= 0){
		print("%d ", n);
		q := chan of int;
		spawn filter(n, p, q);
		p = q;
	}
	print("\n");
	# many processes at once
	m := chan of int;
	for(i = 0; i < 1000; i++)
		spawn square(1, m);
	sum = 0;
	for(i = 0; i < 1000; i++)
		sum += <-m;
	print("%d\n", sum);
	# a ring
	first := chan of int;
	in := first;
	for(i = 0; i < 100; i++){
		out := chan of int;
		spawn relay(in, out);
		in = out;
	}
	spawn put(first, 5);
	print("%d\n", <-in);
	spawn broken(done);
	print("%d\n", <-done);
	{
		spawn quits(done);
		print("%d\n", <-done);
		exit;
	}
	print("unreached\n");
}

square(n: int, c: chan of int)
{
	c <-= n*n;
}

Acc.run(a: self ref Acc, times: int)
{
	while(times-- > 0)
		a.n *= 2;
	a.c <-= a.n;
}

Acc.once(a: self Acc)
{
	a.c <-= a.n;
}

worker(c: chan of string, s: string)
{
	c <-= "worker " + s;
}

quits(done: chan of int)
{
	done <-= 1;
	leave();
	done <-= 2;
}

leave()
{
	exit;
}

set(done: chan of int)
{
	shared = 77;
	done <-= 0;
}

count(c: chan of int, max: int)
{
	for(i := 2; i < max; i++)
		c <-= i;
	c <-= -1;
}

filter(p: int, in, out: chan of int)
{
	n: int;
	do{
		n = <-in;
		if(n < 0 || n%p != 0)
			out <-= n;
	}while(n >= 0);
}

relay(in, out: chan of int)
{
	out <-= <-in + 1;
}

put(c: chan of int, n: int)
{
	c <-= n;
}

broken(done: chan of int)
{
	{
		raise "gone";
	} exception {
	"gone" =>
		done <-= -1;
	}
}
