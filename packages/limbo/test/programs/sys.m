# The part of the system module that the tests use.
Sys: module
{
	PATH:	con "$Sys";

	FD: adt
	{
		fd:	int;
	};

	print:	fn(s: string, *): int;
	sprint:	fn(s: string, *): string;
	fildes:	fn(fd: int): ref FD;
	fprint:	fn(fd: ref FD, s: string, *): int;
	sleep:	fn(period: int): int;
	tokenize:	fn(s: string, delim: string): (int, list of string);
};
