# Processes, channels, alternatives, exceptions, picks, modules' data.
implement Processes;
include "sys.m"; sys: Sys;
include "draw.m";
Processes: module { init: fn(nil: ref Draw->Context, args: list of string); };

Shape: adt {
	name: string;
	pick {
	Circle => r: real;
	Rect => w, h: int;
	}
	area: fn(s: self ref Shape): real;
};
Shape.area(s: self ref Shape): real
{
	pick t := s {
	Circle => return 3.0 * t.r * t.r;
	Rect => return real (t.w * t.h);
	}
	return 0.0;
}
Bad: exception(int, string);
Node: adt { v: int; next: cyclic ref Node; };

generate(c: chan of int, n: int) { for(i := 2; i < n; i++) c <-= i; c <-= -1; }
filter(p: int, in, out: chan of int)
{
	while((v := <-in) >= 0)
		if(v % p != 0)
			out <-= v;
	out <-= -1;
}
deep(n: int) { if(n == 0) raise Bad(7, "deep"); deep(n-1); }
twice(f: ref fn(n: int): int, n: int): int { return f(f(n)); }
add3(n: int): int { return n+3; }
worker(c: chan of (int, string), quit: chan of int, id: int)
{
	for(i := 0; i < 3; i++) c <-= (id, "item " + string i);
	quit <-= id;
}
init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	c := chan of int;
	spawn generate(c, 60);
	for(;;) {
		p := <-c;
		if(p < 0) break;
		sys->print("%d ", p);
		out := chan of int;
		spawn filter(p, c, out);
		c = out;
	}
	sys->print("\n");
	{ deep(3); } exception e { Bad => sys->print("typed\n"); "*" => sys->print("string %s\n", e); }
	{ raise Bad(3, "here"); } exception e { Bad => (n, s) := e; sys->print("%d %s\n", n, s); }
	shapes := array[] of { ref Shape.Circle("c", 2.0), ref Shape.Rect("r", 3, 4) };
	for(i := 0; i < len shapes; i++) sys->print("%s %g\n", shapes[i].name, shapes[i].area());
	sys->print("%d\n", twice(add3, 10));
	a := chan of (int, string); quit := chan of int;
	for(i = 0; i < 3; i++) spawn worker(a, quit, i);
	sums := array[3] of { * => 0 }; left := 3;
	while(left > 0) alt {
	(id, s) := <-a => sums[id] += len s;
	<-quit => left--;
	}
	sys->print("%d %d %d\n", sums[0], sums[1], sums[2]);
	b := chan[2] of string; b <-= "one"; b <-= "two";
	alt { b <-= "three" => sys->print("sent\n"); * => sys->print("full\n"); }
	sys->print("%s %s\n", <-b, <-b);
	for(i = 0; i < 20000; i++) { n := ref Node(i, nil); n.next = n; }
	l: list of (string, big); for(i = 0; i < 4; i++) l = ("k" + string i, big i * big 10000000000) :: l;
	for(; l != nil; l = tl l) { (k, v) := hd l; sys->print("%s=%bd ", k, v); }
	s := "héllo wörld €"; s[0] = 'J'; s[len s] = '!';
	sys->print("\n%s %d %s\n", s, len s, s[6:11]);
	spawn deep(1);
	sys->sleep(50);
	raise "fail:the end";
}
