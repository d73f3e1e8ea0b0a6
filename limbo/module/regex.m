# Regular expressions, leftmost longest: regex(2), regexp(6).

Regex: module
{
	PATH:	con "/dis/lib/regex.dis";

	Re:	type ref Arena;
	# flag 1 to find parenthesised parts too; (nil, why) when the expression is wrong
	compile:	fn(nil: string, nil: int): (Re, string);
	# nil, or the bounds of the match and of each parenthesised part, (-1, -1) when it took no part
	execute:	fn(nil: Re, nil: string): array of (int, int);
	# between two places only; may ^ match at the first, $ at the second?
	executese:	fn(nil: Re, nil: string, se: (int, int), bol: int, eol: int): array of (int, int);

	# a compiled expression; part of the published type, not for use
	ALT, CAT, DOT, SET, HAT, DOL, NUL, PCLO, CLO, OPT, LPN, RPN:	con (1<<16)+iota;
	refRex:	type int;

	Set: adt {
		neg:	int;
		ascii:	array of int;
		unicode:	list of (int, int);
	};

	Rex: adt {
		kind:	int;
		left:	refRex;
		right:	refRex;
		set:	ref Set;
		pno:	int;
	};

	Arena: adt {
		rex:	array of Rex;
		ptr:	refRex;
		start:	refRex;
		pno:	int;
	};
};
