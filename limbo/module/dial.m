# Network connections: dial(2).

Dial: module
{
	PATH:	con "/dis/lib/dial.dis";

	Connection: adt {
		dfd:	ref Sys->FD;
		cfd:	ref Sys->FD;
		dir:	string;
	};

	# where a connection goes
	Conninfo: adt {
		dir:	string;
		root:	string;
		spec:	string;
		lsys:	string;
		lserv:	string;
		rsys:	string;
		rserv:	string;
		laddr:	string;
		raddr:	string;
	};

	# addresses are net!host!service; nil when it fails, %r says why
	announce:	fn(addr: string): ref Connection;
	dial:	fn(addr, local: string): ref Connection;
	listen:	fn(c: ref Connection): ref Connection;
	accept:	fn(c: ref Connection): ref Sys->FD;
	reject:	fn(c: ref Connection, why: string): int;

	# an address with what is missing filled in
	netmkaddr:	fn(addr, net, svc: string): string;
	netinfo:	fn(c: ref Connection): ref Conninfo;
};
