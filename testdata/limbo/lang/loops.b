implement Loops;

# while, do, for, break and continue with and without labels, missing parts

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Loops: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	i := 0;
	while(i < 3)
		print("%d ", i++);
	do
		print("%d ", i--);
	while(i > 0);
	for(i = 0; i < 3; i++)
		print("%d ", i);
	for(; i > 0;)
		print("%d ", i--);
	print("\n");
	for(;;){
		if(++i > 5)
			break;
		if(i%2)
			continue;
		print("%d ", i);
	}
	do{
		i--;
		if(i == 3)
			continue;
		print("%d ", i);
	}while(i > 1);
	while(){
		if(i++ > 4)
			break;
	}
	print("%d\n", i);
outer:
	for(i = 0; i < 5; i++){
		for(j := 0; j < 5; j++){
			if(j == 3)
				continue outer;
			if(i == 3)
				break outer;
			print("%d%d ", i, j);
		}
		print("never ");
	}
	print("%d\n", i);
w:	while(1){
		do{
			i--;
			if(i < 0)
				break w;
			if(i == 1)
				continue w;
		}while(1);
	}
	print("%d\n", i);
	for((a, b) := (0, 10); a < b; (a, b) = (a+1, b-1))
		;
	print("%d %d\n", a, b);
	n := 0;
	for(k := 1; k <= 100; k++)
		if(k%3 == 0)
			if(k%5 == 0)
				n++;
			else
				n += 100;
		else if(k%7 == 0){
			n += 10000;
		}else
			;
	print("%d\n", n);
	for(l := list of {1, 2, 3}; l != nil; l = tl l){
		x := hd l;
		print("%d ", x*x);
	}
	print("\n");
	if(n > 0 && (m := n/2) > 3)
		print("%d\n", m);
	if(0)
		print("no");
	else if(1)
		print("constant condition\n");
	while(0)
		print("no");
	do
		print("once\n");
	while(0);
	for(i = 10; i--;)
		;
	print("%d\n", i);
	{{{ print("deep\n"); }}}
	;;
}
