# How processes end: wait(2).

Wait: module
{
	PATH:	con "/dis/lib/wait.dis";

	init:	fn();
	# (pid, module, status); pid 0 at the end of the file, -1 for an error
	read:	fn(fd: ref Sys->FD): (int, string, string);
	monitor:	fn(fd: ref Sys->FD): (int, chan of (int, string, string));
	parse:	fn(status: string): (int, string, string);
};
