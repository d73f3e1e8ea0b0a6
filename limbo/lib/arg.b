implement Arg;

# arg(2)

include "sys.m";
include "arg.m";

name: string;
args: list of string;
rest: string;			# letters of the option word that opt is in
usagemsg: string;
silent := 0;

init(argv: list of string)
{
	rest = nil;
	name = nil;
	args = argv;
	if(args != nil){
		name = hd args;
		args = tl args;
	}
}

setusage(usage: string)
{
	usagemsg = usage;
	silent = usage == nil;
}

progname(): string
{
	return name;
}

argv(): list of string
{
	return args;
}

usage()
{
	u := name + ": argument expected";
	if(usagemsg != nil)
		u = "usage: " + usagemsg;
	if(!silent){
		sys := load Sys Sys->PATH;
		sys->fprint(sys->fildes(2), "%s\n", u);
	}
	raise "fail:usage";
}

opt(): int
{
	if(rest == nil){
		if(args == nil || len hd args < 2 || (hd args)[0] != '-')
			return 0;
		rest = (hd args)[1:];
		args = tl args;
		if(rest == "-"){
			rest = nil;
			return 0;
		}
	}
	c := rest[0];
	rest = rest[1:];
	return c;
}

arg(): string
{
	if(rest != nil){
		a := rest;
		rest = nil;
		return a;
	}
	if(args == nil)
		return nil;
	a := hd args;
	args = tl args;
	return a;
}

earg(): string
{
	if(rest == nil && args == nil)
		usage();
	return arg();
}
