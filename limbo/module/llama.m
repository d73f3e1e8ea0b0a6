# Asking the model beside which a program runs: llama(2).

Llama: module
{
	PATH:	con "/dis/lib/llama.dis";

	# init must be called first
	init:	fn();

	# converse opens a conversation at /dev/llama, request written: (its ctl file, its answer to read, error)
	converse:	fn(request: string): (ref Sys->FD, ref Sys->FD, string);
	# ask gives the whole answer of the model at /dev/llama, or an error
	ask:	fn(request: string): (string, string);
	# askfile does the same at any data file, such as a node's
	askfile:	fn(file, request: string): (string, string);
	# quote makes text the value of an attribute, which may hold anything
	quote:	fn(text: string): string;
};
