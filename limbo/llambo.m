# The program that a node runs: llambo(4).

Llambo: module
{
	PATH:	con "/dis/llambo.dis";

	# argv: llambo NODE [ATTR=VALUE ...]; returns when /n/llambo/NODE is served
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};
