implement ChanFill, BufioFill;

# bufio-chanfill(2)

include "sys.m";
include "bufio.m";
	Iobuf: import Bufio;

who: int;
io: ref Sys->FileIO;

init(data: array of byte, fid: int, wc: Sys->Rwrite, r: ref Sys->FileIO, b: Bufio): ref Iobuf
{
	who = fid;
	io = r;
	i := b->aopen(data);
	b->i.setfill(load BufioFill SELF);
	wc <-= (len data, nil);
	return i;
}

fill(b: ref Iobuf): int
{
	for(;;){
		(nil, data, fid, c) := <-io.write;
		if(fid != who){
			if(c != nil)
				c <-= (0, "file busy");
		}else if(c == nil)
			return Bufio->EOF;
		else{
			c <-= (len data, nil);
			n := len data;
			if(n == 0)
				continue;
			if(b.size+n > len b.buffer){
				a := array[b.size+n] of byte;
				a[0:] = b.buffer[0:b.size];
				b.buffer = a;
			}
			b.buffer[b.size:] = data;
			b.size += n;
			b.filpos += big n;
			return n;
		}
	}
}
