implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "lock.m";
	lock: Lock;
	Semaphore: import lock;
include "timers.m";
	timers: Timers;
	Timer: import timers;
include "crc.m";
include "wait.m";
	wait: Wait;

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

count := 0;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	lock = load Lock Lock->PATH;
	lock->init();
	s := Semaphore.new();
	done := chan of int;
	for(i := 0; i < 5; i++)
		spawn add(s, done);
	for(i = 0; i < 5; i++)
		<-done;
	print("%d\n", count);

	crc := load Crc Crc->PATH;
	for(l := list of {(0, 0), (0, ~0), (16r12345678, 5)}; l != nil; l = tl l){
		(poly, reg) := hd l;
		st := crc->init(poly, reg);
		a := array of byte "123456789";
		print("%ux ", crc->crc(st, a, len a));
		crc->reset(st);
		crc->crc(st, a, 4);
		print("%ux ", crc->crc(st, a[4:], 5));
		crc->reset(st);
		print("%ux\n", crc->crc(st, a, 0));
	}

	wait = load Wait Wait->PATH;
	wait->init();
	for(sl := list of {"12 \"Mod\":", "13 \"Mod\":fail:x", "14 \"A B\":array bounds error", "15 \"M\":a:b \"c\""}; sl != nil; sl = tl sl){
		(pid, mod, status) := wait->parse(hd sl);
		print("%d <%s> <%s>\n", pid, mod, status);
	}

	timers = load Timers Timers->PATH;
	timers->init(5);
	long := Timer.start(10000);
	first := Timer.start(10);
	second := Timer.start(60);
	for(i = 0; i < 2; i++)
		alt {
		<-first.timeout =>
			print("first\n");
		<-second.timeout =>
			print("second\n");
		<-long.timeout =>
			print("long\n");
		}
	long.stop();
	timers->shutdown();
	print("end\n");
}

add(s: ref Semaphore, done: chan of int)
{
	for(i := 0; i < 20; i++){
		s.obtain();
		n := count;
		sys->sleep(0);
		count = n+1;
		s.release();
	}
	done <-= 1;
}
