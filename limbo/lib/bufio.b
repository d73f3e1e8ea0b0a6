implement Bufio;

#
# bufio(2).  While reading, buffer[index:size] has not been read yet.  While writing, buffer[0:index] has not been
# written yet and size is index.  Either way buffer[0] belongs at offset bufpos of the file, and the file itself
# stands at filpos.  Lines and blocks are moved by slices: nothing is done for each character but the search.
#

include "sys.m";
	sys: Sys;
include "bufio.m";

Bufsize: con Sys->ATOMICIO;
Keep: con Sys->UTFmax;		# bytes before index that outlive a refill, for ungetb and ungetc

# who fills which buffer: Iobuf is published without a place for it
Source: adt {
	b:	ref Iobuf;
	fill:	BufioFill;
};
sources: list of ref Source;

load0()
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
}

mk(fd: ref Sys->FD, mode: int, pos: big): ref Iobuf
{
	if(fd == nil)
		return nil;
	lastop := mode & 3;
	if(lastop == ORDWR)
		lastop = OREAD;
	return ref Iobuf(fd, array[Bufsize+Keep+1] of byte, 0, 0, 0, pos, pos, lastop, mode & 3);
}

open(name: string, mode: int): ref Iobuf
{
	load0();
	return mk(sys->open(name, mode), mode, big 0);
}

create(name: string, mode, perm: int): ref Iobuf
{
	load0();
	return mk(sys->create(name, mode, perm), mode, big 0);
}

fopen(fd: ref Sys->FD, mode: int): ref Iobuf
{
	load0();
	pos := sys->seek(fd, big 0, Sys->SEEKRELA);
	if(pos < big 0)
		pos = big 0;		# a pipe or the like
	return mk(fd, mode, pos);
}

sopen(s: string): ref Iobuf
{
	return aopen(array of byte s);
}

aopen(a: array of byte): ref Iobuf
{
	load0();
	return ref Iobuf(nil, a, 0, len a, 0, big 0, big 0, OREAD, OREAD);
}

# turns b to reading; ERROR when it cannot be read
reading(b: ref Iobuf): int
{
	if(b.lastop == OREAD)
		return 0;
	if(b.mode != ORDWR)
		return ERROR;
	if(drain(b) < 0)
		return ERROR;
	b.lastop = OREAD;
	return 0;
}

writing(b: ref Iobuf): int
{
	if(b.fd == nil)
		return ERROR;
	if(b.lastop == OWRITE)
		return 0;
	if(b.mode != ORDWR)
		return ERROR;
	b.bufpos += big b.index;
	b.index = b.size = 0;
	b.lastop = OWRITE;
	return 0;
}

at(b: ref Iobuf, pos: big): int
{
	if(b.filpos == pos)
		return 0;
	if(sys->seek(b.fd, pos, Sys->SEEKSTART) != pos)
		return ERROR;
	b.filpos = pos;
	return 0;
}

# moves what was not read, with keep bytes before it, to the front of the buffer
shift(b: ref Iobuf, keep: int)
{
	if(keep > b.index)
		keep = b.index;
	n := b.index - keep;
	if(n == 0)
		return;
	b.buffer[0:] = b.buffer[n:b.size];
	b.bufpos += big n;
	b.index = keep;
	b.size -= n;
}

# reads more behind buffer[size]: how many bytes, EOF or ERROR
refill(b: ref Iobuf): int
{
	if(b.fd == nil){
		f := filler(b);
		if(f == nil)
			return EOF;
		shift(b, 0);
		n := f.fill->fill(b);
		if(n == EOF)
			forget(b);
		return n;
	}
	shift(b, Keep);
	pos := b.bufpos + big b.size;
	if(at(b, pos) < 0)
		return ERROR;
	n := len b.buffer - 1 - b.size;		# the last byte is for a sentinel
	if(n > Bufsize)
		n = Bufsize;
	n = sys->read(b.fd, b.buffer[b.size:], n);
	if(n <= 0){
		if(n < 0)
			return ERROR;
		return EOF;
	}
	b.size += n;
	b.filpos += big n;
	return n;
}

# writes out what there is
drain(b: ref Iobuf): int
{
	n := b.index;
	if(n == 0)
		return 0;
	if(at(b, b.bufpos) < 0)
		return ERROR;
	w := sys->write(b.fd, b.buffer, n);
	if(w > 0)
		b.filpos += big w;
	b.bufpos += big n;
	b.index = b.size = b.dirty = 0;
	if(w != n)
		return ERROR;
	return 0;
}

Iobuf.seek(b: self ref Iobuf, n: big, where: int): big
{
	pos: big;
	if(b.lastop == OWRITE && drain(b) < 0)
		return big ERROR;
	if(b.fd == nil && filler(b) != nil)
		return big ERROR;
	case where {
	Sys->SEEKSTART =>
		pos = n;
	Sys->SEEKRELA =>
		pos = n + b.bufpos + big b.index;
	Sys->SEEKEND =>
		if(b.fd == nil)
			pos = n + b.bufpos + big b.size;
		else{
			pos = sys->seek(b.fd, n, Sys->SEEKEND);
			if(pos < big 0)
				return big ERROR;
			b.filpos = pos;
		}
	* =>
		return big ERROR;
	}
	if(b.lastop == OREAD && pos >= b.bufpos && pos < b.bufpos + big b.size){
		b.index = int (pos - b.bufpos);
		return pos;
	}
	if(b.fd == nil || at(b, pos) < 0)
		return big ERROR;
	b.bufpos = pos;
	b.index = b.size = 0;
	return pos;
}

Iobuf.offset(b: self ref Iobuf): big
{
	return b.bufpos + big b.index;
}

Iobuf.read(b: self ref Iobuf, a: array of byte, n: int): int
{
	if(reading(b) < 0)
		return ERROR;
	for(got := 0; got < n; ){
		m := b.size - b.index;
		if(m == 0){
			m = refill(b);
			if(m <= 0){
				if(m == ERROR && got == 0)
					return ERROR;
				break;
			}
		}
		if(m > n - got)
			m = n - got;
		a[got:] = b.buffer[b.index:b.index+m];
		b.index += m;
		got += m;
	}
	return got;
}

Iobuf.getb(b: self ref Iobuf): int
{
	if(b.lastop != OREAD && reading(b) < 0)
		return ERROR;
	if(b.index == b.size && (r := refill(b)) <= 0)
		return r;
	return int b.buffer[b.index++];
}

Iobuf.ungetb(b: self ref Iobuf): int
{
	if(b.lastop != OREAD || b.index == 0)
		return ERROR;
	b.index--;
	return 1;
}

Iobuf.getc(b: self ref Iobuf): int
{
	if(b.lastop != OREAD && reading(b) < 0)
		return ERROR;
	r := 0;
	if(b.index == b.size && (r = refill(b)) <= 0)
		return r;
	c := int b.buffer[b.index];
	if(c < 16r80){
		b.index++;
		return c;
	}
	n, ok: int;
	for(;;){
		a := b.buffer[b.index:b.size];
		(c, n, ok) = sys->byte2char(a, 0);
		if(n > 0)
			break;
		# the sequence goes on behind the end of the buffer; one that the file cuts off is as good as none
		if((r = refill(b)) <= 0)
			return r;
	}
	b.index += n;
	return c;
}

# a character is a byte that continues none, and those that continue it
Iobuf.ungetc(b: self ref Iobuf): int
{
	if(b.lastop != OREAD || b.index == 0)
		return ERROR;
	i := b.index - 1;
	low := b.index - Sys->UTFmax;
	if(low < 0)
		low = 0;
	while(i > low && (int b.buffer[i] & 16rC0) == 16r80)
		i--;
	if(i < b.index-1){
		(nil, n, nil) := sys->byte2char(b.buffer[i:b.index], 0);
		if(n != b.index - i)
			i = b.index - 1;	# stray bytes count one by one
	}
	b.index = i;
	return 1;
}

# an ASCII separator, or none (-1)
Iobuf.gets(b: self ref Iobuf, sep: int): string
{
	if(sep >= 16r80 || sep < 0)
		return slow(b, sep, nil);
	if(reading(b) < 0)
		return nil;
	s := byte sep;
	acc: array of byte;
	nacc := 0;
	for(;;){
		buf := b.buffer;
		size := b.size;
		i := b.index;
		if(size < len buf){
			buf[size] = s;		# a sentinel ends the search
			while(buf[i] != s)
				i++;
		}else
			while(i < size && buf[i] != s)
				i++;
		if(i < size){
			i++;
			line := buf[b.index:i];
			b.index = i;
			if(nacc == 0)
				return string line;
			(acc, nacc) = join(acc, nacc, line);
			return string acc[0:nacc];
		}
		if(b.index < size)
			(acc, nacc) = join(acc, nacc, buf[b.index:size]);
		b.index = size;
		if(refill(b) <= 0)
			return rest(acc, nacc);
	}
}

Iobuf.gett(b: self ref Iobuf, seps: string): string
{
	if(len seps == 1)
		return b.gets(seps[0]);
	table := array[256] of {* => byte 0};
	for(i := 0; i < len seps; i++){
		if(seps[i] >= 16r80)
			return slow(b, -1, seps);
		table[seps[i]] = byte 1;
	}
	if(reading(b) < 0)
		return nil;
	acc: array of byte;
	nacc := 0;
	for(;;){
		buf := b.buffer;
		size := b.size;
		for(i = b.index; i < size; i++)
			if(table[int buf[i]] != byte 0){
				(acc, nacc) = join(acc, nacc, buf[b.index:++i]);
				b.index = i;
				return string acc[0:nacc];
			}
		if(b.index < size)
			(acc, nacc) = join(acc, nacc, buf[b.index:size]);
		b.index = size;
		if(refill(b) <= 0)
			return rest(acc, nacc);
	}
}

# separators beyond ASCII: character by character
slow(b: ref Iobuf, sep: int, seps: string): string
{
	s := "";
	while((c := b.getc()) >= 0){
		s[len s] = c;
		if(c == sep)
			break;
		for(i := 0; i < len seps; i++)
			if(c == seps[i])
				return s;
	}
	return s;
}

# what the last line has, less a sequence that the file cuts off
rest(acc: array of byte, n: int): string
{
	if(n == 0)
		return nil;
	return string acc[0:sys->utfbytes(acc, n)];
}

join(acc: array of byte, n: int, a: array of byte): (array of byte, int)
{
	if(n + len a > len acc){
		bigger := array[2*(n + len a)] of byte;
		bigger[0:] = acc[0:n];
		acc = bigger;
	}
	acc[n:] = a;
	return (acc, n + len a);
}

Iobuf.putb(b: self ref Iobuf, c: byte): int
{
	if(b.lastop != OWRITE && writing(b) < 0)
		return ERROR;
	b.buffer[b.index++] = c;
	b.size = b.index;
	b.dirty = 1;
	if(b.index >= Bufsize && drain(b) < 0)
		return ERROR;
	return 0;
}

Iobuf.putc(b: self ref Iobuf, c: int): int
{
	if(c >= 0 && c < 16r80)
		return b.putb(byte c);
	if(b.lastop != OWRITE && writing(b) < 0)
		return ERROR;
	n := sys->char2byte(c, b.buffer, b.index);
	b.index += n;
	b.size = b.index;
	b.dirty = 1;
	if(b.index >= Bufsize && drain(b) < 0)
		return ERROR;
	return 0;
}

# counts characters
Iobuf.puts(b: self ref Iobuf, s: string): int
{
	a := array of byte s;
	if(b.write(a, len a) < 0)
		return ERROR;
	return len s;
}

Iobuf.write(b: self ref Iobuf, a: array of byte, n: int): int
{
	if(b.lastop != OWRITE && writing(b) < 0)
		return ERROR;
	for(done := 0; done < n; ){
		m := Bufsize - b.index;
		if(m > n - done)
			m = n - done;
		b.buffer[b.index:] = a[done:done+m];
		b.index += m;
		b.size = b.index;
		b.dirty = 1;
		done += m;
		if(b.index >= Bufsize && drain(b) < 0)
			return ERROR;
	}
	return n;
}

Iobuf.flush(b: self ref Iobuf): int
{
	if(b.fd == nil)
		return ERROR;
	if(b.lastop == OWRITE)
		return drain(b);
	b.bufpos = b.filpos;
	b.index = b.size = 0;
	return 0;
}

Iobuf.close(b: self ref Iobuf)
{
	if(b.fd == nil){
		forget(b);
		return;
	}
	if(b.lastop == OWRITE)
		drain(b);
	b.fd = nil;
	b.buffer = nil;
}

Iobuf.setfill(b: self ref Iobuf, f: BufioFill)
{
	forget(b);
	sources = ref Source(b, f) :: sources;
}

filler(b: ref Iobuf): ref Source
{
	for(l := sources; l != nil; l = tl l)
		if((hd l).b == b)
			return hd l;
	return nil;
}

forget(b: ref Iobuf)
{
	if(filler(b) == nil)
		return;
	r: list of ref Source;
	for(l := sources; l != nil; l = tl l)
		if((hd l).b != b)
			r = hd l :: r;
	sources = r;
}
