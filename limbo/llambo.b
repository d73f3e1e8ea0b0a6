implement Llambo;

# llambo(4): what a node of the cluster runs. It serves three files in /n/llambo/NODE:
#
#	data	each open is a session: write a request, read the answer as it is made, until end of file
#	ctl	drain, resume, cancel all
#	status	what the node is doing
#
# An answer comes from the model's engine, which is served at /dev/llama. A session opens a conversation there at its
# first read, writes the request, and from then on passes bytes through as they come. One process serves the files and
# never waits for the engine; every session that has a conversation is a process of its own, which may wait.

include "sys.m";
	sys: Sys;
	FD, FileIO, Rread, Rwrite: import sys;
include "draw.m";
include "llambo.m";

Maxrequest:	con 8*1024*1024;	# bytes of one request
Maxsessions:	con 256;	# opens of data that have been written or read
Maxreads:	con 16;		# reads of one session that wait
Piece:	con 8*1024;		# bytes that one read gives at most

Session: adt
{
	fid:	int;
	request:	list of array of byte;	# what has been written, the last first
	size:	int;			# its bytes
	pid:	int;			# the process that answers; 0 before the first read
	reads:	chan of (int, Rread);
	conversation:	ref FD;		# its ctl file at the engine
	ended:	int;			# the answer, or an error, is complete
};

Counts: adt
{
	requests, answered, failed, cancelled:	int;
	in, out:	big;
};

node: string;
attributes: string;	# of the node, for status
sessions: list of ref Session;
draining := 0;
counts: Counts;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	argv = tl argv;
	if(argv == nil)
		raise "fail:usage: llambo NODE [ATTR=VALUE ...]";
	node = hd argv;
	for(argv = tl argv; argv != nil; argv = tl argv)
		attributes += hd argv + "\n";

	data := serve("data");
	ctl := serve("ctl");
	status := serve("status");
	spawn server(data, ctl, status);
}

serve(name: string): ref FileIO
{
	io := sys->file2chan("/n/llambo/" + node, name);
	if(io == nil)
		raise "fail:" + sys->sprint("cannot serve %s: %r", name);
	return io;
}

# A request with an answer channel of nil says that the fid has been closed. Both channels of a file get it.
server(data, ctl, status: ref FileIO)
{
	for(;;) alt {
	(nil, count, fid, rc) := <-data.read =>
		if(rc == nil)
			close(fid);
		else
			read(fid, count, rc);
	(nil, bytes, fid, rc) := <-data.write =>
		if(rc == nil)
			close(fid);
		else
			write(fid, bytes, rc);
	(offset, count, nil, rc) := <-ctl.read =>
		if(rc != nil)
			rc <-= (part("drain\nresume\ncancel all\n", offset, count), nil);
	(nil, bytes, nil, rc) := <-ctl.write =>
		if(rc != nil)
			rc <-= command(bytes);
	(offset, count, nil, rc) := <-status.read =>
		if(rc != nil)
			rc <-= (part(statustext(), offset, count), nil);
	(nil, nil, nil, rc) := <-status.write =>
		if(rc != nil)
			rc <-= (0, "permission denied");
	}
}

write(fid: int, bytes: array of byte, rc: Rwrite)
{
	s := find(fid);
	err: string;
	if(s == nil)
		(s, err) = open(fid);
	else if(s.pid != 0)
		err = "bad-request: request is complete: it has been read from";
	if(err == nil && s.size + len bytes > Maxrequest)
		err = sys->sprint("bad-request: request is over %d bytes", Maxrequest);
	if(err != nil){
		rc <-= (0, err);
		return;
	}
	s.request = bytes :: s.request;
	s.size += len bytes;
	rc <-= (len bytes, nil);
}

read(fid, count: int, rc: Rread)
{
	s := find(fid);
	if(s == nil || s.size == 0){
		rc <-= (nil, "bad-request: nothing has been asked: write a request first");
		return;
	}
	if(s.pid == 0){
		if(draining){
			rc <-= (nil, "no-node: " + node + " is draining");
			return;
		}
		pid := chan of int;
		spawn answer(s, pid);
		s.pid = <-pid;
		counts.requests++;
		counts.in += big s.size;
	}
	alt {
	s.reads <-= (count, rc) =>
		;
	* =>
		rc <-= (nil, sys->sprint("bad-request: more than %d reads at once", Maxreads));
	}
}

# A session's process: one conversation with the engine.
answer(s: ref Session, pid: chan of int)
{
	pid <-= sys->pctl(0, nil);
	buf := array[Piece] of byte;
	data: ref FD;
	err: string;
	(s.conversation, data, err) = converse(s.request);
	s.request = nil;
	for(;;){
		(count, rc) := <-s.reads;
		if(rc == nil)
			return;		# the file has been closed
		n := 0;
		if(!s.ended && count > 0){
			if(count > Piece)
				count = Piece;
			if(err == nil && (n = sys->read(data, buf, count)) < 0)
				err = sys->sprint("%r");
			if(err != nil || n == 0)
				end(s, err);
		}
		if(err != nil)
			rc <-= (nil, err);
		else if(n == 0)
			rc <-= (nil, nil);
		else{
			counts.out += big n;
			rc <-= (copy(buf[0:n]), nil);
		}
	}
}

end(s: ref Session, err: string)
{
	s.ended = 1;
	s.conversation = nil;
	if(err == nil)
		counts.answered++;
	else if(prefix("cancelled", err))
		counts.cancelled++;
	else
		counts.failed++;
}

# Opens a conversation and writes the request, whose parts come last first.
converse(request: list of array of byte): (ref FD, ref FD, string)
{
	ctl := sys->open("/dev/llama/clone", Sys->ORDWR);
	if(ctl == nil)
		return (nil, nil, reason());
	buf := array[32] of byte;
	n := sys->read(ctl, buf, len buf);
	if(n <= 0)
		return (nil, nil, sys->sprint("engine-gone: no conversation: %r"));
	data := sys->open(sys->sprint("/dev/llama/%d/data", int string buf[0:n]), Sys->ORDWR);
	if(data == nil)
		return (nil, nil, reason());
	parts: list of array of byte;
	for(; request != nil; request = tl request)
		parts = hd request :: parts;
	for(; parts != nil; parts = tl parts)
		if(sys->write(data, hd parts, len hd parts) != len hd parts)
			return (nil, nil, sys->sprint("%r"));
	return (ctl, data, nil);
}

# Why a file could not be opened, without its name in front: the engine's own words.
reason(): string
{
	err := sys->sprint("%r");
	if(len err > 0 && err[0] == '\'')
		for(i := 1; i + 1 < len err; i++)
			if(err[i] == '\'' && err[i + 1] == ' ')
				return err[i + 2:];
	return err;
}

find(fid: int): ref Session
{
	for(l := sessions; l != nil; l = tl l)
		if((hd l).fid == fid)
			return hd l;
	return nil;
}

open(fid: int): (ref Session, string)
{
	if(len sessions >= Maxsessions)
		return (nil, sys->sprint("overloaded: %s has %d sessions", node, Maxsessions));
	s := ref Session(fid, nil, 0, 0, chan[Maxreads] of (int, Rread), nil, 0);
	sessions = s :: sessions;
	return (s, nil);
}

# Whoever closes the file before the end gives up the answer: the process is killed wherever it waits, with it go the last
# references to its files, and when these close the engine stops.
close(fid: int)
{
	rest: list of ref Session;
	for(l := sessions; l != nil; l = tl l){
		s := hd l;
		if(s.fid != fid)
			rest = s :: rest;
		else if(s.ended)
			s.reads <-= (0, nil);
		else if(s.pid != 0){
			kill(s.pid);
			counts.cancelled++;
		}
	}
	sessions = rest;
}

kill(pid: int)
{
	fd := sys->open(sys->sprint("/prog/%d/ctl", pid), Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "kill");
}

command(bytes: array of byte): (int, string)
{
	(nil, words) := sys->tokenize(string bytes, " \t\n");
	line: string;
	for(; words != nil; words = tl words){
		if(line != nil)
			line += " ";
		line += hd words;
	}
	case line {
	"drain" =>
		draining = 1;
	"resume" =>
		draining = 0;
	"cancel all" =>
		for(l := sessions; l != nil; l = tl l)
			if((hd l).conversation != nil)
				spawn cancel((hd l).conversation);
	* =>
		return (0, sys->sprint("unknown command \"%s\": expected drain, resume, cancel all", line));
	}
	return (len bytes, nil);
}

# The read that waits in the session gets the engine's error, as does every later one.
cancel(conversation: ref FD)
{
	sys->fprint(conversation, "cancel");
}

statustext(): string
{
	active := 0;
	for(l := sessions; l != nil; l = tl l)
		if((hd l).pid != 0 && !(hd l).ended)
			active++;
	state := "idle";
	if(draining)
		state = "draining";
	else if(active > 0)
		state = "busy";
	return sys->sprint("node=%s\n%sstate=%s\nactive=%d\nsessions=%d\n", node, attributes, state, active, len sessions) +
		sys->sprint("requests=%d\nanswered=%d\nfailed=%d\ncancelled=%d\n", counts.requests, counts.answered,
			counts.failed, counts.cancelled) +
		sys->sprint("bytes_in=%bd\nbytes_out=%bd\n", counts.in, counts.out);
}

# What a read at offset gives of a text.
part(text: string, offset, count: int): array of byte
{
	bytes := array of byte text;
	if(offset < 0 || offset >= len bytes)
		return nil;
	end := len bytes;
	if(count < end - offset)
		end = offset + count;
	return bytes[offset:end];
}

copy(bytes: array of byte): array of byte
{
	c := array[len bytes] of byte;
	c[0:] = bytes;
	return c;
}

prefix(p, s: string): int
{
	return len s >= len p && s[0:len p] == p;
}
