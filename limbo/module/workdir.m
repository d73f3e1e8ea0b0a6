# The current directory: workdir(2).

Workdir: module
{
	PATH:	con "/dis/lib/workdir.dis";
	init:	fn(): string;
};
