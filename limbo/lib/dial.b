implement Dial;

# dial(2): the connection server translates where there is one, and /net's clone files make the connections

include "sys.m";
	sys: Sys;
include "dial.m";

load0()
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
}

# [dir/]net!address -> directory of networks, net, address
parse(addr: string): (string, string, string)
{
	(n, l) := sys->tokenize(addr, "!");
	if(n < 2)
		return ("/net", "net", addr);
	net := hd l;
	rest := addr[len net+1:];
	for(i := len net-1; i >= 0; i--)
		if(net[i] == '/')
			return (net[0:i], net[i+1:], rest);
	return ("/net", net, rest);
}

# the ways that cs(8) knows: clone file and what to write to its ctl file; (nil, not there)
query(dir, net, rest: string): (list of (string, string), int)
{
	fd := sys->open(dir + "/cs", Sys->ORDWR);
	if(fd == nil)
		return (nil, 0);
	if(sys->fprint(fd, "%s!%s", net, rest) < 0)
		return (nil, 1);
	sys->seek(fd, big 0, Sys->SEEKSTART);
	r: list of (string, string);
	buf := array[256] of byte;
	while((k := sys->read(fd, buf, len buf)) > 0){
		s := string buf[0:k];
		for(i := 0; i < len s && s[i] != ' '; i++)
			;
		if(i < len s)
			r = (s[0:i], s[i+1:]) :: r;
	}
	l: list of (string, string);
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return (l, 1);
}

ways(addr: string, alt0: int): list of (string, string)
{
	(dir, net, rest) := parse(addr);
	(l, there) := query(dir, net, rest);
	if(!there && dir == "/net" && alt0)
		(l, there) = query("/net.alt", net, rest);
	if(there)
		return l;
	if(net == "net"){
		sys->werrstr("no connection server to find a network");
		return nil;
	}
	return (dir + "/" + net + "/clone", rest) :: nil;
}

# a new conversation of a network: its directory and open ctl file
clone(file: string): (string, ref Sys->FD)
{
	ctl := sys->open(file, Sys->ORDWR);
	if(ctl == nil)
		return (nil, nil);
	buf := array[32] of byte;
	n := sys->read(ctl, buf, len buf);
	if(n <= 0)
		return (nil, nil);
	return (parent(file) + "/" + string int string buf[0:n], ctl);
}

parent(file: string): string
{
	for(i := len file-1; i > 0 && file[i] != '/'; i--)
		;
	return file[0:i];
}

dial(addr, local: string): ref Connection
{
	load0();
	for(l := ways(addr, 1); l != nil; l = tl l){
		(file, where) := hd l;
		(dir, ctl) := clone(file);
		if(ctl == nil)
			continue;
		cmd := "connect " + where;
		if(local != nil)
			cmd += " " + local;
		if(sys->fprint(ctl, "%s", cmd) < 0)
			continue;
		data := sys->open(dir + "/data", Sys->ORDWR);
		if(data != nil)
			return ref Connection(data, ctl, dir);
	}
	return nil;
}

announce(addr: string): ref Connection
{
	load0();
	for(l := ways(addr, 0); l != nil; l = tl l){
		(file, where) := hd l;
		(dir, ctl) := clone(file);
		if(ctl != nil && sys->fprint(ctl, "announce %s", where) >= 0)
			return ref Connection(nil, ctl, dir);
	}
	return nil;
}

listen(c: ref Connection): ref Connection
{
	load0();
	(dir, ctl) := clone(c.dir + "/listen");
	if(ctl == nil)
		return nil;
	# c.dir is net/N: the call has a number beside it
	for(i := len dir-1; dir[i] != '/'; i--)
		;
	return ref Connection(nil, ctl, parent(c.dir) + dir[i:]);
}

accept(c: ref Connection): ref Sys->FD
{
	load0();
	sys->fprint(c.cfd, "accept");	# not every network wants it
	return sys->open(c.dir + "/data", Sys->ORDWR);
}

reject(c: ref Connection, why: string): int
{
	load0();
	if(sys->fprint(c.cfd, "reject %s", why) < 0)
		return -1;
	return 0;
}

netmkaddr(addr, net, svc: string): string
{
	load0();
	if(net == nil)
		net = "net";
	(n, nil) := sys->tokenize(addr, "!");
	if(n <= 1){
		addr = net + "!" + addr;
		n = 2;
	}
	if(n == 2 && svc != nil)
		addr += "!" + svc;
	return addr;
}

line(file: string): string
{
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		return nil;
	buf := array[256] of byte;
	n := sys->read(fd, buf, len buf);
	if(n <= 0)
		return nil;
	if(buf[n-1] == byte '\n')
		n--;
	return string buf[0:n];
}

# host!service
ends(s: string): (string, string)
{
	for(i := 0; i < len s; i++)
		if(s[i] == '!')
			return (s[0:i], s[i+1:]);
	return (s, nil);
}

netinfo(c: ref Connection): ref Conninfo
{
	load0();
	if(c == nil || c.dir == nil)
		return nil;
	net := parent(c.dir);
	root := parent(net);
	(lsys, lserv) := ends(line(c.dir + "/local"));
	(rsys, rserv) := ends(line(c.dir + "/remote"));
	proto := net[len root+1:];
	return ref Conninfo(c.dir, root, nil, lsys, lserv, rsys, rserv,
		proto + "!" + lsys + "!" + lserv, proto + "!" + rsys + "!" + rserv);
}
