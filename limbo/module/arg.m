# Arguments of a program: arg(2).

Arg: module
{
	PATH:	con "/dis/lib/arg.dis";
	init:	fn(argv: list of string);
	setusage:	fn(usage: string);
	usage:	fn();

	# the next option letter, 0 after the last; then its argument: arg gives nil, earg ends with usage if there is none
	opt:	fn(): int;
	arg:	fn(): string;
	earg:	fn(): string;

	progname:	fn(): string;
	argv:	fn(): list of string;
};
