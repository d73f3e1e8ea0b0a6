implement Limits;

# Asks Keyring for what would keep its host busy.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "keyring.m";
	kr: Keyring;
	IPint, RSAsk: import kr;

Limits: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	kr = load Keyring Keyring->PATH;
	two := IPint.inttoip(2);
	try(0, two, nil);
	try(1, two, two);
	try(2, two.shl(200000), two.shl(200000));
	try(3, two, two.sub(two));
	if(kr->rc4setup(array[5] of byte) == nil)
		print("%r\n");
	if(kr->genSK("rsa", "me", 512) == nil)
		print("%r\n");
	for(;;)
		RSAsk.gen(4096, 6, 0);
}

try(what: int, a, b: ref IPint)
{
	{
		case what {
		0 =>
			a.shl(16r7fffffff);
		1 =>
			a.expmod(a.shl(40), nil);
		2 =>
			a.expmod(b, a.add(b));
		3 =>
			a.div(b);
		}
		print("no limit\n");
	} exception e {
	"*" =>
		print("%s\n", e);
	}
}
