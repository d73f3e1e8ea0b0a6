implement Machine;

# an interpreter in the interpreter: a case with many branches, tables of bytes, an inner loop

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Machine: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Push, Pop, Add, Sub, Mul, Div, Mod, Dup, Swap, Load, Store, Jmp, Jz, Jneg, Print, Call, Ret, Lt, Eq, Not, Halt: con iota;

Asm: adt {
	op:	int;
	arg:	int;
};

names := array[] of {
	Push => "push", Pop => "pop", Add => "add", Sub => "sub", Mul => "mul", Div => "div", Mod => "mod",
	Dup => "dup", Swap => "swap", Load => "load", Store => "store", Jmp => "jmp", Jz => "jz", Jneg => "jneg",
	Print => "print", Call => "call", Ret => "ret", Lt => "lt", Eq => "eq", Not => "not", Halt => "halt",
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	# sum of the first 1000 numbers that 3 or 5 divides
	p := assemble("push 0 store 0 push 0 store 1 " +
		"load 1 push 1000 lt jz 16 " +
		"load 1 push 3 mod jz 20 load 1 push 5 mod jz 20 " +
		"jmp 24 " +
		"load 0 load 1 add store 0 load 1 push 1 add store 1 jmp 4 load 0 print halt");
	print("%d instructions\n", len p);
	fact := assemble("push 10 call 4 print halt dup push 2 lt jz 10 push 1 swap pop ret");
	print("%d %s\n", len fact, names[fact[1].op]);
	run(assemble("push 10 store 0 push 1 store 1 load 0 jz 15 load 1 load 0 mul store 1 load 0 push 1 sub store 0 jmp 4 load 1 print halt"));
	run(assemble("push 0 store 1 load 1 push 10 lt jz 14 load 1 dup mul print load 1 push 1 add jmp 1 halt"));
	bf("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++.");
	run(assemble("push 1 bogus"));
	run(assemble("pop"));
}

assemble(s: string): array of Asm
{
	(nil, l) := sys->tokenize(s, " ");
	r: list of Asm;
	while(l != nil){
		w := hd l;
		l = tl l;
		for(op := 0; op < len names; op++)
			if(names[op] == w)
				break;
		arg := 0;
		case op {
		Push or Load or Store or Jmp or Jz or Jneg or Call =>
			arg = int hd l;
			l = tl l;
		}
		r = (op, arg) :: r;
	}
	a := array[len r] of Asm;
	for(i := len a; --i >= 0; r = tl r)
		a[i] = hd r;
	return a;
}

run(p: array of Asm)
{
	{
		(n, out) := exec(p);
		print("%s(%d steps)\n", out, n);
	} exception e {
	"array bounds error" =>
		print("stack\n");
	"illegal*" =>
		print("%s\n", e);
	}
}

exec(p: array of Asm): (int, string)
{
	st := array[64] of int;
	mem := array[16] of {* => 0};
	ret := array[16] of int;
	sp, rp, pc, steps: int;
	sp = rp = pc = steps = 0;
	out := "";
	for(;;){
		steps++;
		i := p[pc++];
		case i.op {
		Push =>	st[sp++] = i.arg;
		Pop =>	sp--; st[sp] = 0;
		Add =>	sp--; st[sp-1] += st[sp];
		Sub =>	sp--; st[sp-1] -= st[sp];
		Mul =>	sp--; st[sp-1] *= st[sp];
		Div =>	sp--; st[sp-1] /= st[sp];
		Mod =>	sp--; st[sp-1] %= st[sp];
		Dup =>	st[sp] = st[sp-1]; sp++;
		Swap =>	(st[sp-1], st[sp-2]) = (st[sp-2], st[sp-1]);
		Load =>	st[sp++] = mem[i.arg];
		Store => mem[i.arg] = st[--sp];
		Jmp =>	pc = i.arg;
		Jz =>	if(st[--sp] == 0) pc = i.arg;
		Jneg =>	if(st[--sp] < 0) pc = i.arg;
		Print => out += string st[--sp] + " ";
		Call =>	ret[rp++] = pc; pc = i.arg;
		Ret =>	pc = ret[--rp];
		Lt =>	sp--; st[sp-1] = st[sp-1] < st[sp];
		Eq =>	sp--; st[sp-1] = st[sp-1] == st[sp];
		Not =>	st[sp-1] = !st[sp-1];
		Halt =>	return (steps, out);
		* =>	raise sys->sprint("illegal instruction %d at %d", i.op, pc-1);
		}
	}
}

bf(s: string)
{
	m := array[100] of {* => byte 0};
	p := 0;
	out := "";
	for(i := 0; i < len s; i++)
		case s[i] {
		'>' =>	p++;
		'<' =>	p--;
		'+' =>	m[p]++;
		'-' =>	m[p]--;
		'.' =>	out[len out] = int m[p];
		'[' =>
			if(m[p] == byte 0)
				for(d := 1; d > 0; ){
					case s[++i] {
					'[' =>	d++;
					']' =>	d--;
					}
				}
		']' =>
			if(m[p] != byte 0)
				for(d := 1; d > 0; ){
					case s[--i] {
					']' =>	d++;
					'[' =>	d--;
					}
				}
		}
	print("%s", out);
}
