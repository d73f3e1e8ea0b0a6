implement Messages;

# Messages over a pipe, with and without their own framing.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "keyring.m";
	kr: Keyring;

Messages: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	kr = load Keyring Keyring->PATH;
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	print("%d\n", kr->putstring(p[0], "grüße"));
	(s, e) := kr->getstring(p[1]);
	print("'%s' '%s'\n", s, e);
	print("%d\n", kr->puterror(p[0], "an error"));
	(s, e) = kr->getstring(p[1]);
	print("'%s' '%s'\n", s, e);
	print("%d\n", kr->putbytearray(p[0], array of byte "bytes and more", 5));
	(b, f) := kr->getbytearray(p[1]);
	print("'%s' '%s'\n", string b, f);
	sys->fprint(p[0], "garbage");
	(b, f) = kr->getbytearray(p[1]);
	print("%d '%s'\n", len b, f);
	print("%d\n", kr->sendmsg(p[0], array of byte "a message", 9));
	print("'%s'\n", string kr->getmsg(p[1]));
	print("%d\n", kr->senderrmsg(p[0], "went wrong"));
	b = kr->getmsg(p[1]);
	print("%d %r\n", b == nil);
	sys->fprint(p[0], "abcde");
	p[0] = nil;
	b = kr->getmsg(p[1]);
	print("%d\n", b == nil);
	(s, e) = kr->getstring(p[1]);
	print("'%s' '%s'\n", s, e);
	print("%d %d %d\n", kr->putstring(nil, "x"), kr->putbytearray(nil, nil, 0), kr->sendmsg(nil, nil, 0));
	(s, e) = kr->getstring(nil);
	print("'%s' '%s'\n", s, e);
}
