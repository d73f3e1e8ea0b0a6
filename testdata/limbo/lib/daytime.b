implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "daytime.m";
	daytime: Daytime;
	Tm: import daytime;
include "env.m";

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

show(t: ref Tm)
{
	if(t == nil)
		print("nil\n");
	else
		print("%d-%d-%d %d:%d:%d w%d y%d %s %d = %d: %s\n", t.year, t.mon, t.mday, t.hour, t.min, t.sec, t.wday, t.yday,
			t.zone, t.tzoff, daytime->tm2epoch(t), daytime->text(t));
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	env := load Env Env->PATH;
	env->new();
	env->setenv("timezone", "EST -18000 EDT -14400\n 9943200 25664400 41392800 57718800\n 954640800 972784800\n");
	daytime = load Daytime Daytime->PATH;
	times := array[] of {0, 1, 59, 86399, 86400, 951782399, 951782400, 951868799, 951868800, 946684799, 946684800, 1078012800, 1709164800,
		978307199, 2147483647, 1000000000, 1234567890, 1700000000, 68169600, 94694399, 31535999, 31536000};
	for(i := 0; i < len times; i++){
		show(daytime->gmt(times[i]));
		show(daytime->local(times[i]));
	}
	for(l := list of {9943199, 9943200, 9961199, 9961200, 25664399, 25664400, 25682399, 25682400, 954640799, 954658799, 954658800, 972802799, 972802800}; l != nil; l = tl l)
		print("%d %s\n", hd l, daytime->text(daytime->local(hd l)));
	for(l = list of {1700000000, 1699000000, 1690000000, 1684448000, 1684447999, 1684534400, 1600000000, 1700000001, 1800000000}; l != nil; l = tl l)
		print("[%s]\n", daytime->filet(1700000000, hd l));
	dates := array[] of {
		"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 GMT 1994", "Sun Nov  6 08:49:37 1994",
		"Sun, 06 Nov 1994 08:49:37", "Sat Jan  1 13:00:00 GMT 2000", "Thu, 29 Feb 2024 00:00:00 GMT", "Fri May 19 17:01:36 EST 2000",
		"", "nonsense", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994", "Wed, 32 Nov 1994 08:49:37 GMT",
		"Tue, 1 Jan 2019 1:2:3 GMT",
	};
	for(i = 0; i < len dates; i++){
		print("%s: ", dates[i]);
		t := daytime->string2tm(dates[i]);
		if(t != nil)
			t.yday = 0;		# the reference leaves it unset
		show(t);
	}
	print("%d\n", daytime->now() > 1600000000);
	print("%d\n", len daytime->time());
}
