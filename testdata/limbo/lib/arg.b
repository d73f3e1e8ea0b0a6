implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "arg.m";

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->dup(1, 2);
	run("prog" :: "-bc" :: "-ffile" :: "a" :: "b" :: "c" :: nil);
	run("./prog" :: "-b" :: "-f" :: "file" :: "-z" :: "--" :: "-bc" :: nil);
	run("p" :: nil);
	run("p" :: "-" :: "x" :: nil);
	run("p" :: "-b" :: "-" :: "x" :: nil);
	run("p" :: "" :: "-b" :: nil);
	run("p" :: "-bf" :: nil);
	run("p" :: "-f" :: nil);
	run("p" :: "-e" :: nil);
	run("p" :: "-e" :: "arg" :: "rest" :: nil);
	run("p" :: "-exyz" :: "-b" :: nil);
	run("p" :: "-é→" :: "-b-" :: "--x" :: nil);
	run("p" :: "-f" :: "" :: "-b" :: nil);
	run("p" :: "-f--" :: "--" :: "--" :: nil);
	run(nil);
	arg := load Arg Arg->PATH;
	arg->init("noset" :: "-e" :: nil);
	arg->opt();
	{
		arg->earg();
	} exception e {
	"*" =>
		print("%s\n", e);
	}
	arg->setusage(nil);
	arg->init("silent" :: "-e" :: nil);
	arg->opt();
	{
		arg->earg();
	} exception e {
	"*" =>
		print("%s\n", e);
	}
	arg->init("noset" :: nil);
	print("%d %d %s\n", arg->opt(), arg->opt(), arg->arg());
	arg->init("more" :: "-a" :: "-b" :: nil);
	print("%c ", arg->opt());
	print("%s ", arg->arg());
	print("%d %s\n", arg->opt(), arg->arg());
}

run(args: list of string)
{
	for(l := args; l != nil; l = tl l)
		print("<%s> ", hd l);
	print(":");
	arg := load Arg Arg->PATH;
	arg->init(args);
	arg->setusage("prog [-bc] [-f file]");
	{
		while((c := arg->opt()) != 0)
			case c {
			'f' =>
				print(" f=%s", arg->arg());
			'e' =>
				print(" e=%s", arg->earg());
			* =>
				print(" %c", c);
			}
		print(" %s", arg->progname());
		for(l = arg->argv(); l != nil; l = tl l)
			print(" [%s]", hd l);
	} exception e {
	"*" =>
		print(" %s", e);
	}
	print("\n");
}
