implement Wait;

# wait(2)

include "sys.m";
	sys: Sys;
include "wait.m";

init()
{
	sys = load Sys Sys->PATH;
}

read(fd: ref Sys->FD): (int, string, string)
{
	buf := array[2*Sys->WAITLEN] of byte;
	n := sys->read(fd, buf, len buf);
	if(n < 0)
		return (-1, nil, sys->sprint("%r"));
	if(n == 0)
		return (0, nil, nil);
	return parse(string buf[0:n]);
}

# 12 "Module":status
parse(status: string): (int, string, string)
{
	for(i := 0; i < len status && status[i] != '"'; i++)
		;
	if(i == len status)
		return (int status, nil, nil);
	for(j := i+1; j < len status && status[j] != '"'; j++)
		;
	k := j+1;
	if(k < len status && status[k] == ':')
		k++;
	if(k > len status)
		k = len status;
	return (int status, status[i+1:j], status[k:]);
}

monitor(fd: ref Sys->FD): (int, chan of (int, string, string))
{
	pid := chan of int;
	c := chan of (int, string, string);
	spawn reader(fd, pid, c);
	return (<-pid, c);
}

reader(fd: ref Sys->FD, pid: chan of int, c: chan of (int, string, string))
{
	pid <-= sys->pctl(0, nil);
	n: int;
	do{
		w := read(fd);
		n = w.t0;
		c <-= w;
	}while(n > 0);
}
