# Environment variables, the files of /env: env(2).

Env: module
{
	# nil when not set
	getenv:	fn(var: string): string;
	# -1 when it cannot be set
	setenv:	fn(var: string, val: string): int;
	getall:	fn(): list of (string, string);

	# a copy of the environment, an empty one, for this process and those that it starts
	clone:	fn(): int;
	new:	fn(): int;

	PATH:	con "/dis/lib/env.dis";
};
