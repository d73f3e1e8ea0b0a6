implement Llama;

# llama(2): asking the model

include "sys.m";
	sys: Sys;
include "llama.m";

init()
{
	sys = load Sys Sys->PATH;
}

converse(request: string): (ref Sys->FD, ref Sys->FD, string)
{
	ctl := sys->open("/dev/llama/clone", Sys->ORDWR);
	if(ctl == nil)
		return (nil, nil, reason());
	buf := array[32] of byte;
	n := sys->read(ctl, buf, len buf);
	if(n <= 0)
		return (nil, nil, sys->sprint("no conversation: %r"));
	data := sys->open(sys->sprint("/dev/llama/%d/data", int string buf[0:n]), Sys->ORDWR);
	err := put(data, request);
	if(err != nil)
		return (nil, nil, err);
	return (ctl, data, nil);
}

ask(request: string): (string, string)
{
	(ctl, data, err) := converse(request);
	if(err != nil)
		return (nil, err);
	answer: string;
	(answer, err) = all(data);
	ctl = nil;		# the conversation lasts as long as its files are open
	return (answer, err);
}

askfile(file, request: string): (string, string)
{
	data := sys->open(file, Sys->ORDWR);
	err := put(data, request);
	if(err != nil)
		return (nil, err);
	return all(data);
}

put(fd: ref Sys->FD, request: string): string
{
	if(fd == nil)
		return reason();
	bytes := array of byte request;
	for(at := 0; at < len bytes; ){
		n := sys->write(fd, bytes[at:], len bytes - at);
		if(n <= 0)
			return sys->sprint("%r");
		at += n;
	}
	return nil;
}

# Why a file could not be opened, without its name in front.
reason(): string
{
	err := sys->sprint("%r");
	if(len err > 0 && err[0] == '\'')
		for(i := 1; i + 1 < len err; i++)
			if(err[i] == '\'' && err[i + 1] == ' ')
				return err[i + 2:];
	return err;
}

# Bytes are gathered first: a character may come in two reads.
all(fd: ref Sys->FD): (string, string)
{
	buf := array[Sys->ATOMICIO] of byte;
	have := 0;
	for(;;){
		if(len buf - have < Sys->ATOMICIO){
			more := array[2 * len buf] of byte;
			more[0:] = buf[0:have];
			buf = more;
		}
		n := sys->read(fd, buf[have:], len buf - have);
		if(n < 0)
			return (nil, sys->sprint("%r"));
		if(n == 0)
			return (string buf[0:have], nil);
		have += n;
	}
}

quote(text: string): string
{
	q := "'";
	for(i := 0; i < len text; i++){
		if(text[i] == '\'')
			q[len q] = '\'';
		q[len q] = text[i];
	}
	q[len q] = '\'';
	return q;
}
