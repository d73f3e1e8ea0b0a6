# Buffered files: bufio(2).

Bufio: module
{
	PATH:	con "/dis/lib/bufio.dis";

	SEEKSTART:	con Sys->SEEKSTART;
	SEEKRELA:	con Sys->SEEKRELA;
	SEEKEND:	con Sys->SEEKEND;

	OREAD:	con Sys->OREAD;
	OWRITE:	con Sys->OWRITE;
	ORDWR:	con Sys->ORDWR;

	# what getb, getc, read, ... give in place of a value
	EOF:	con -1;
	ERROR:	con -2;

	Iobuf: adt {
		seek:	fn(b: self ref Iobuf, n: big, where: int): big;
		offset:	fn(b: self ref Iobuf): big;

		read:	fn(b: self ref Iobuf, a: array of byte, n: int): int;
		write:	fn(b: self ref Iobuf, a: array of byte, n: int): int;

		# one byte, one character, up to and including a separator
		getb:	fn(b: self ref Iobuf): int;
		getc:	fn(b: self ref Iobuf): int;
		gets:	fn(b: self ref Iobuf, sep: int): string;
		gett:	fn(b: self ref Iobuf, sep: string): string;

		ungetb:	fn(b: self ref Iobuf): int;
		ungetc:	fn(b: self ref Iobuf): int;

		putb:	fn(b: self ref Iobuf, b: byte): int;
		putc:	fn(b: self ref Iobuf, c: int): int;
		puts:	fn(b: self ref Iobuf, s: string): int;

		flush:	fn(b: self ref Iobuf): int;
		close:	fn(b: self ref Iobuf);

		setfill:	fn(b: self ref Iobuf, f: BufioFill);

		# private to Bufio and to a BufioFill: part of the published type
		# buffer[index:size] is what can be read, buffer[0:size] what is to be written
		fd:	ref Sys->FD;
		buffer:	array of byte;
		index:	int;
		size:	int;
		dirty:	int;
		# file offsets: of buffer[0], and of the file itself
		bufpos:	big;
		filpos:	big;
		lastop:	int;
		mode:	int;
	};

	# nil when the file cannot be opened; %r says why
	open:	fn(name: string, mode: int): ref Iobuf;
	create:	fn(name: string, mode, perm: int): ref Iobuf;
	fopen:	fn(fd: ref Sys->FD, mode: int): ref Iobuf;

	# reading from memory
	sopen:	fn(input: string): ref Iobuf;
	aopen:	fn(input: array of byte): ref Iobuf;
};

# a module that fills an Iobuf from somewhere else: how many bytes, or EOF
BufioFill: module
{
	fill:	fn(b: ref Bufio->Iobuf): int;
};

# a BufioFill that reads what is written to a file served by file2chan, bufio-chanfill(2)
ChanFill: module
{
	PATH:	con "/dis/lib/chanfill.dis";
	init:	fn(data: array of byte, fid: int, wc: Sys->Rwrite, r: ref Sys->FileIO,
			b: Bufio): ref Bufio->Iobuf;
	fill:	fn(b: ref Bufio->Iobuf): int;
};
