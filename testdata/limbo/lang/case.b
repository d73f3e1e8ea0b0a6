implement Case;

# case on ints, strings, ranges; default anywhere; nesting; break; empty arms; characters

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Case: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

RED, GREEN, BLUE: con iota;

small(i: int): string
{
	case i {
	1 or 8 =>
		return "vowel";
	0 or 2 to 7 or 9 =>
		return "consonant";
	* =>
		return "unknown";
	}
}

class(c: int): string
{
	case c {
	* =>
		return "other";
	'a' to 'z' or 'A' to 'Z' or '_' =>
		return "letter";
	'0' to '9' =>
		return "digit";
	' ' or '\t' or '\n' =>
		return "space";
	'é' =>
		return "accent";
	}
}

month(s: string): int
{
	case s {
	"jan" =>	return 31;
	"feb" =>	return 28;
	"mar" or "may" or "jul" or "aug" or "oct" or "dec" =>
		return 31;
	"apr" or "jun" or "sep" or "nov" =>
		return 30;
	"" =>
		return 0;
	}
	return -1;
}

range(s: string): string
{
	case s {
	"a" to "f" =>	return "a-f";
	"m" =>		return "m";
	"n" to "zz" =>	return "n-zz";
	* =>		return "?";
	}
}

sparse(n: int): int
{
	case n {
	-2147483647 =>	return 1;
	-100 to -10 =>	return 2;
	-1 =>	return 3;
	0 =>	return 4;
	1000 =>	return 5;
	1001 =>	return 6;
	1002 =>	return 7;
	5000 to 6000 =>	return 8;
	16r7fffffff =>	return 9;
	}
	return 0;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	for(i := -1; i < 11; i++)
		print("%s ", small(i));
	print("\n");
	s := "aZ_5 \té!\n";
	for(i = 0; i < len s; i++)
		print("%s ", class(s[i]));
	print("\n");
	for(l := list of {"jan", "feb", "dec", "sep", "", "xyz"}; l != nil; l = tl l)
		print("%d ", month(hd l));
	print("%d\n", month(nil));
	for(l = list of {"a", "abc", "f", "fa", "m", "ma", "q", "zz", "zzz", ""}; l != nil; l = tl l)
		print("%s ", range(hd l));
	print("\n");
	for(m := list of {-2147483647, -101, -100, -50, -10, -9, -1, 0, 1, 999, 1000, 1001, 1002, 1003, 4999, 5000, 6000, 6001, 16r7fffffff}; m != nil; m = tl m)
		print("%d ", sparse(hd m));
	print("\n");
	c := GREEN;
	case c {
	RED =>		print("red\n");
	GREEN =>	print("green\n");
	BLUE =>		print("blue\n");
	}
	n := 0;
	for(i = 0; i < 10; i++){
		case i {
		3 =>
			continue;
		5 =>
			if(n > 3)
				break;		# leaves the case
			n += 100;
		7 =>
			;
		8 to 9 =>
			case i {
			8 =>	n += 1000;
			* =>	n += 2000;
			}
		* =>
			n++;
		}
		n += 10;
	}
	print("%d\n", n);
loop:	for(;;)
		case n++ {
		300 to 40000 =>
			break loop;
		}
	print("%d\n", n);
	case j := 5 {
	5 =>
		print("five %d\n", j);
	}
	case 3 {
	3 =>	print("constant\n");
	4 =>	print("no\n");
	}
	x := "k";
	case x + "ey" {
	"key" =>
		v := len x;
		print("%d\n", v);
	}
	case n {
	* =>	print("only default\n");
	}
}
