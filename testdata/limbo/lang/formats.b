implement Formats;

# print's verbs and flags; sprint, aprint, fprint

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Formats: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	none: string;
	sys = load Sys Sys->PATH;
	print("%d|%5d|%-5d|%05d|%+d|%d\n", 42, 42, 42, 42, 42, -42);
	print("%x|%X|%8x|%#x|%ux|%o|%.4x\n", 255, 255, 255, 255, -1, 8, 255);
	print("%bd|%bx|%12bd|%-12bd|%ubd\n", big 1<<40, big 255, big -7, big 7, big 9);
	print("%c%c%c|%c\n", 'a', 'é', 16r65e5, 'Z');
	print("%s|%8s|%-8s|%.2s|%8.2s|%s\n", "str", "str", "str", "str", "str", none);
	print("%q|%q|%q|%q\n", "a b", "it's", "", "plain");
	print("%g|%8.3g|%-8g|%e|%.2e|%f|%.1f|%6.2f|%G|%E\n", 1.5, 3.14159, 2.0, 12345.678, 12345.678, 0.5, 0.25, -1.005, 1e-10, 5.0);
	print("%*d|%-*d|%.*s|%*.*f\n", 6, 42, 6, 42, 2, "abcdef", 8, 3, 2.71828);
	print("%%|%5%|\n");
	print("%ud|%ux\n", -1, -1);
		sys->werrstr("an error");
	print("%r|%s\n", sys->sprint("%r"));
	s := sys->sprint("%d+%d=%d", 1, 2, 3);
	print("%s %d\n", s, len s);
	b := sys->aprint("%s", "bytes é");
	print("%d\n", len b);
	n := sys->fprint(sys->fildes(1), "%s\n", "to 1");
	print("%d\n", n);
	n = print("héllo\n");
	print("%d\n", n);
	print("no arguments\n");
	print("%3d%%\n", 50);
	print("%.3d|%8.5d|%+.2d\n", 7, 42, 3);
	print("%#o|%#.8x|%#X\n", 8, 255, 255);
	print("%5c|%-5c|\n", 'x', 'y');
	for(l := list of {0.0, 1.0, 100.0, 1e5, 1e6, 1e20, 1e21, 1e-4, 1e-5, 123456789.0, .1, 2.0/3.0, -1.5e-7}; l != nil; l = tl l)
		print("%g %e %f %.3g\n", hd l, hd l, hd l, hd l);
	print("%d %d %d\n", 'a', int 'a' + 1, int byte 7);
	print("%6s|%-6s|%6q|\n", "日本", "日本", "日 本");
}
