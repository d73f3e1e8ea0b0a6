implement Alt;

# alt: receiving, sending, default, several communications in one, arrays of channels, labels

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Alt: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	a := chan of int;
	b := chan of string;
	spawn num(a, 3);
	spawn word(b, 2);
	n := 0;
	w := "";
	for(k := 0; k < 5; k++)
		alt {
		i := <-a =>
			n += i;
		s := <-b =>
			w += s;
		}
	print("%d %s\n", n, w);
	alt {
	<-a =>
		print("impossible\n");
	* =>
		print("nothing ready\n");
	}
	# sending
	c := chan[1] of int;
	alt {
	c <-= 9 =>
		print("sent\n");
	* =>
		print("full\n");
	}
	alt {
	c <-= 10 =>
		print("sent\n");
	* =>
		print("full\n");
	}
	alt {
	v := <-c =>
		print("got %d\n", v);
	}
	{
		alt {
		v := <-c =>
			print("got %d\n", v);
		c <-= 11 =>
			print("sent\n");
		}
	} exception e {
	"alt send/recv on same chan" =>
		print("%s\n", e);
	}
	# send and receive in one alt
	in := chan of int;
	out := chan of int;
	res := chan of int;
	spawn buffer(in, out);
	spawn total(out, res, 6);
	for(i := 1; i <= 6; i++)
		in <-= i;
	print("%d\n", <-res);
	# arrays of channels
	ca := array[4] of {* => chan of int};
	spawn send(ca[2], 22);
	(idx, v) := <-ca;
	print("%d %d\n", idx, v);
	for(i = 0; i < 4; i++)
		spawn send(ca[i], i*11);
	sum := 0;
	seen := 0;
	for(i = 0; i < 4; i++)
		alt {
		(j, x) := <-ca =>
			sum += x;
			seen |= 1<<j;
		<-a =>
			print("impossible\n");
		}
	print("%d %x\n", sum, seen);
	# (index, value) into existing variables, channels in structures
	t := array[2] of {* => chan[1] of (int, string)};
	t[1] <-= (5, "five");
	p: int;
	q: (int, string);
	alt {
	(p, q) = <-t =>
		print("%d %d %s\n", p, q.t0, q.t1);
	}
	x: array of int;
	x = array[2] of {0, 0};
	d := array[1] of {chan[1] of int};
	d[0] <-= 77;
	alt {
	x[1] = <-d[0] =>
		print("%d\n", x[1]);
	}
	# a common arm
	e := chan[1] of int;
	f := chan[1] of int;
	f <-= 1;
	alt {
	<-e or <-f =>
		print("either\n");
	}
	# labels
	k = 0;
	quit := chan[1] of int;
loop:	for(;;)
		alt {
		<-quit =>
			break loop;
		* =>
			if(++k == 3)
				quit <-= 1;
			continue loop;
		}
	print("%d\n", k);
	alt {
	* =>
		print("only default\n");
	}
	for(;;){
		alt {
		* =>
			break;		# leaves the alt
		}
		break;
	}
	# a nil value through alt
	sl := chan[1] of list of int;
	sl <-= nil;
	alt {
	l := <-sl =>
		print("%d\n", l == nil);
	}
	timer := chan of int;
	spawn tick(timer);
	never := chan of int;
	alt {
	<-never =>
		print("never\n");
	<-timer =>
		print("time\n");
	}
}

num(c: chan of int, n: int)
{
	for(i := 1; i <= n; i++)
		c <-= i;
}

word(c: chan of string, n: int)
{
	while(n-- > 0)
		c <-= "w";
}

send(c: chan of int, v: int)
{
	c <-= v;
}

buffer(in, out: chan of int)
{
	q: list of int;
	none := chan of int;
	for(n := 0; n < 12; n++){
		o := none;
		v := 0;
		if(q != nil){
			o = out;
			v = hd q;
		}
		alt {
		x := <-in =>
			q = x :: q;
		o <-= v =>
			q = tl q;
		}
	}
}

total(c, r: chan of int, n: int)
{
	s := 0;
	while(n-- > 0)
		s += <-c;
	r <-= s;
}

tick(c: chan of int)
{
	sys->sleep(1);
	c <-= 1;
}
