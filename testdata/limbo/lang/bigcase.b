implement Bigcase;

# case tables: dense, with holes, of strings with common beginnings, duplicates of arms, inside loops and functions

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Bigcase: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	h := 0;
	for(i := -5; i < 70; i++)
		h = h*31 + dense(i);
	print("%d\n", h);
	words := array[] of {"break", "case", "chan", "con", "continue", "cyclic", "do", "else", "c", "co",
		"conn", "", "zz", "whil", "while", "whiles", "BREAK"};
	for(i = 0; i < len words; i++)
		print("%d ", keyword(words[i]));
	print("\n");
	for(i = 0; i < 4; i++)
		for(j := 0; j < 3; j++)
			case i*3+j {
			0 or 4 or 8 =>
				print("diagonal ");
			1 to 3 =>
				print("upper ");
			5 to 7 =>
				print("lower ");
			9 =>
				continue;
			10 to 11 =>
				break;
			}
	print("\n");
	for(c := 0; c < 16r120; c += 7)
		print("%d", kind(c));
	print("\n");
	print("%d %d %d\n", nested(1, 2), nested(2, 2), nested(3, 0));
	n := 0;
	while(n >= 0)
		case n {
		0 =>	n = 2;
		1 =>	n = -1;
		2 =>	n = 3;
		3 =>	n = 1;
		}
	print("%d\n", n);
	print("%d %d %d\n", extremes(16r7fffffff), extremes(int 16r80000000), extremes(0));
}

dense(i: int): int
{
	case i {
	0 => return 10; 1 => return 11; 2 => return 12; 3 => return 13; 4 => return 14;
	5 => return 15; 6 => return 16; 7 => return 17; 8 => return 18; 9 => return 19;
	10 to 19 => return 20;
	20 or 22 or 24 or 26 or 28 => return i;
	30 to 39 or 50 to 59 => return -i;
	* => return 1;
	40 => return 40; 41 => return 41; 42 => return 42; 43 => return 44;
	}
}

keyword(s: string): int
{
	case s {
	"alt" => return 1; "break" => return 2; "case" => return 3; "chan" => return 4; "con" => return 5;
	"continue" => return 6; "cyclic" => return 7; "do" => return 8; "else" => return 9; "exit" => return 10;
	"fn" => return 11; "for" => return 12; "hd" => return 13; "if" => return 14; "implement" => return 15;
	"while" => return 16;
	}
	return 0;
}

kind(c: int): int
{
	case c {
	0 to 8 or 11 to 31 => return 0;
	' ' or '\t' or '\n' => return 1;
	'!' to '/' or ':' to '@' or '[' to '`' or '{' to '~' => return 2;
	'0' to '9' => return 3;
	'A' to 'Z' => return 4;
	'a' to 'z' => return 5;
	16r80 to 16rff => return 6;
	* => return 7;
	}
}

nested(a, b: int): int
{
	case a {
	1 =>
		case b {
		1 => return 11;
		2 => return 12;
		}
	2 =>
		case b {
		* => return 20;
		}
	* =>
		case b+1 {
		1 =>
			case a-3 {
			0 => return 301;
			}
		}
	}
	return 0;
}

extremes(n: int): int
{
	case n {
	16r7fffffff =>
		return 1;
	int 16r80000000 =>
		return 2;
	int 16r80000001 to 16r7ffffffe =>
		return 3;
	}
	return 4;
}
