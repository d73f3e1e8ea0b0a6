# File name patterns: filepat(2).

Filepat: module
{
	PATH:	con "/dis/lib/filepat.dis";

	# names of existing files, in order; / separates
	expand:	fn(pat: string): list of string;
	# * ? [] and \ only: / is a character like any other
	match:	fn(pat, name: string): int;
};
