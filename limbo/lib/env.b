implement Env;

# env(2): the files of /env

include "sys.m";
	sys: Sys;
include "env.m";

load0()
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
}

read(file: string): string
{
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		return nil;
	a := array[0] of byte;
	buf := array[Sys->ATOMICIO] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		b := array[len a+n] of byte;
		b[0:] = a;
		b[len a:] = buf[0:n];
		a = b;
	}
	if(n < 0)
		return nil;
	return string a;
}

getenv(var: string): string
{
	load0();
	if(var == nil || var == "." || var == "..")
		return nil;
	for(i := 0; i < len var; i++)
		if(var[i] == '/')
			return nil;
	return read("/env/" + var);
}

setenv(var: string, val: string): int
{
	load0();
	if(val == nil){
		sys->remove("/env/" + var);
		return 0;
	}
	fd := sys->create("/env/" + var, Sys->OWRITE, 8r600);
	if(fd == nil)
		return -1;
	a := array of byte val;
	if(sys->write(fd, a, len a) != len a)
		return -1;
	return 0;
}

getall(): list of (string, string)
{
	load0();
	fd := sys->open("/env", Sys->OREAD);
	if(fd == nil)
		return nil;
	l: list of (string, string);
	for(;;){
		(n, d) := sys->dirread(fd);
		if(n <= 0)
			return l;
		for(i := 0; i < n; i++)
			l = (d[i].name, getenv(d[i].name)) :: l;
	}
}

clone(): int
{
	load0();
	return sys->pctl(Sys->FORKENV, nil);
}

new(): int
{
	load0();
	return sys->pctl(Sys->NEWENV, nil);
}
