implement Bank;

# communicating processes: a server with typed requests, replies, alt with a time out, orderly end

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Bank: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Reply: type chan of (int, string);

Req: adt {
	reply:	Reply;
	pick {
	Open or Close =>
		name:	string;
	Deposit or Withdraw =>
		name:	string;
		n:	int;
	Transfer =>
		from, dest:	string;
		n:	int;
	Quit =>
	}
};

Account: adt {
	name:	string;
	balance:	int;
};

accounts: list of ref Account;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	c := chan of ref Req;
	spawn bank(c);
	r := chan of (int, string);
	show("open ann", ask(c, ref Req.Open(r, "ann")));
	show("open bob", ask(c, ref Req.Open(r, "bob")));
	show("open ann", ask(c, ref Req.Open(r, "ann")));
	show("deposit", ask(c, ref Req.Deposit(r, "ann", 100)));
	show("withdraw", ask(c, ref Req.Withdraw(r, "ann", 30)));
	show("withdraw", ask(c, ref Req.Withdraw(r, "bob", 1)));
	show("transfer", ask(c, ref Req.Transfer(r, "ann", "bob", 50)));
	show("transfer", ask(c, ref Req.Transfer(r, "ann", "eve", 1)));
	# many clients at once
	done := chan of int;
	for(i := 0; i < 20; i++)
		spawn client(c, i, done);
	ok := 0;
	for(i = 0; i < 20; i++)
		ok += <-done;
	print("%d succeeded\n", ok);
	show("deposit 0", ask(c, ref Req.Deposit(r, "ann", 0)));
	show("deposit 0", ask(c, ref Req.Deposit(r, "bob", 0)));
	show("close", ask(c, ref Req.Close(r, "bob")));
	show("quit", ask(c, ref Req.Quit(r)));
}

show(what: string, r: (int, string))
{
	(n, err) := r;
	if(err != nil)
		print("%s: %s\n", what, err);
	else
		print("%s: %d\n", what, n);
}

ask(c: chan of ref Req, q: ref Req): (int, string)
{
	c <-= q;
	return <-q.reply;
}

client(c: chan of ref Req, n: int, done: chan of int)
{
	r := chan of (int, string);
	q: ref Req;
	if(n%2)
		q = ref Req.Deposit(r, "ann", n);
	else
		q = ref Req.Transfer(r, "ann", "nobody", n);
	(nil, err) := ask(c, q);
	done <-= err == nil;
}

find(name: string): ref Account
{
	for(l := accounts; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	return nil;
}

bank(c: chan of ref Req)
{
	for(;;){
		q := <-c;
		pick m := q {
		Open =>
			if(find(m.name) != nil)
				m.reply <-= (0, "exists");
			else{
				accounts = ref Account(m.name, 0) :: accounts;
				m.reply <-= (len accounts, nil);
			}
		Deposit =>
			m.reply <-= change(m.name, m.n);
		Withdraw =>
			m.reply <-= change(m.name, -m.n);
		Transfer =>
			if(find(m.from) == nil || find(m.dest) == nil){
				m.reply <-= (0, "no account");
				continue;
			}
			(n, err) := change(m.from, -m.n);
			if(err == nil)
				change(m.dest, m.n);
			m.reply <-= (n, err);
		Close =>
			(n, nil) := change(m.name, 0);
			m.reply <-= (n, nil);
		Quit =>
			q.reply <-= (len accounts, nil);
			return;
		}
	}
}

change(name: string, n: int): (int, string)
{
	a := find(name);
	if(a == nil)
		return (0, "no account");
	if(a.balance+n < 0)
		return (0, "too little money");
	a.balance += n;
	return (a.balance, nil);
}
