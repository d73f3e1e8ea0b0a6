# Operations on strings: string(2).

String: module
{
	PATH:	con "/dis/lib/string.dis";

	# cl is a class of characters: "a-zA-Z", "^ \t" for all but those.
	# splitl cuts before the first in the class, else (s, nil); splitr after the last, else (nil, s)
	splitl:	fn(s, cl: string): (string, string);
	splitr:	fn(s, cl: string): (string, string);
	# without, and only, the longest prefix in the class
	drop:	fn(s, cl: string): string;
	take:	fn(s, cl: string): string;
	in:	fn(c: int, cl: string): int;

	# the same cuts at the first and the last t
	splitstrl:	fn(s, t: string): (string, string);
	splitstrr:	fn(s, t: string): (string, string);

	prefix:	fn(pre, s: string): int;

	# ASCII letters only
	tolower:	fn(s: string): string;
	toupper:	fn(s: string): string;

	# the number that s begins with, and the rest of s; base 0 takes Limbo notation, 16rff
	toint:	fn(s: string, base: int): (int, string);
	tobig:	fn(s: string, base: int): (big, string);
	toreal:	fn(s: string, base: int): (real, string);

	append:	fn(s: string, l: list of string): list of string;

	# to words in single quotes and back, as the shell does it
	quoted:	fn(argv: list of string): string;
	quotedc:	fn(argv: list of string, cl: string): string;
	unquoted:	fn(args: string): list of string;
};
