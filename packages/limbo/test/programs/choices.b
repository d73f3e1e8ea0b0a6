implement Choices;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Choices: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

dense(i: int): string
{
	case i {
	0 =>
		return "zero";
	1 or 2 =>
		return "few";
	3 to 5 =>
		return "some";
	* =>
		return "many";
	}
}

offset(i: int): int
{
	r := 0;
	case i {
	10 => r = 1;
	11 => r = 2;
	13 => r = 3;
	14 => r = 4;
	}
	return r;
}

sparse(i: int): int
{
	case i {
	-1000 => return 1;
	7 => return 2;
	1000000000 => return 3;
	'a' to 'z' => return 4;
	}
	return 0;
}

word(s: string): int
{
	case s {
	"apple" or "pear" =>
		return 1;
	"carrot" =>
		return 2;
	"m" to "o" =>
		return 3;
	* =>
		return 0;
	}
}

large(b: big): string
{
	case b {
	big 0 => return "none";
	big 1 << 40 => return "tera";
	big -5 => return "minus";
	* => return "some";
	}
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	for(i := -1; i < 8; i++)
		print("%s ", dense(i));
	print("\n");
	for(i = 9; i < 16; i++)
		print("%d ", offset(i));
	print("%d %d %d %d %d\n", sparse(-1000), sparse(7), sparse(1000000000), sparse('q'), sparse(8));
	print("%d %d %d %d %d\n", word("pear"), word("carrot"), word("n"), word("zoo"), word(""));
	print("%s %s %s %s\n", large(big 0), large(big 1 << 40), large(big -5), large(big 9));
	outer:
	for(i = 0; i < 5; i++){
		for(j := 0; j < 5; j++){
			if(j == 3)
				continue outer;
			if(i == 3)
				break outer;
			case i*j {
			4 =>
				break;
			* =>
				print("%d%d ", i, j);
			}
		}
	}
	print("\n");
	k := 0;
	do {
		k += 2;
		if(k == 4)
			continue;
		s := "k" + string k;
		print("%s ", s);
	} while(k < 10);
	print("\n");
	n := 0;
	while(1){
		if(n++ > 3)
			break;
		l := n :: nil;
		if(hd l == 2)
			continue;
		print("%d ", hd l);
	}
	print("\n");
	{
		a := 5;
		{
			b := a*2;
			print("%d ", b);
		}
		{
			c := a*3;
			print("%d\n", c);
		}
	}
	sw := 2;
lab:	case sw {
	2 =>
		for(;;)
			break lab;
	}
	print("done\n");
}
