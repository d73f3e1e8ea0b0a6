implement CSV;

# csv(2)

include "sys.m";
include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;
include "csv.m";

init(b: Bufio)
{
	bufio = b;
}

getline(fd: ref Iobuf): list of string
{
	r: list of string;
	c := fd.getc();
	if(c < 0)
		return nil;
	for(;;){
		s := "";
		if(c == '"'){
			for(;;){
				c = fd.getc();
				if(c == '"' && (c = fd.getc()) != '"' || c < 0)
					break;
				s[len s] = c;
			}
		}
		for(; c >= 0 && c != ',' && c != '\n' && c != '\r'; c = fd.getc())
			s[len s] = c;
		r = s :: r;
		if(c != ',')
			break;
		c = fd.getc();
	}
	if(c == '\r' && (c = fd.getc()) != '\n' && c >= 0)
		fd.ungetc();
	l: list of string;
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

quote(s: string): string
{
	plain := 1;
	for(i := 0; i < len s && plain; i++)
		case s[i] {
		',' or '"' or '\n' =>
			plain = 0;
		}
	if(plain)
		return s;
	q := "\"";
	for(i = 0; i < len s; i++){
		if(s[i] == '"')
			q[len q] = '"';
		q[len q] = s[i];
	}
	q[len q] = '"';
	return q;
}
