implement Styx;

#
# styx(2), 9P2000.  Pack is one cursor over an array: every message is written once by a description of its fields,
# first without an array, to count the bytes, then for good.  Unpack is a cursor that goes bad at the end of the array.
#

include "sys.m";
	sys: Sys;
	Dir, Qid: import sys;
include "styx.m";

Hdr: con BIT32SZ+BIT8SZ+BIT16SZ;	# size[4] type[1] tag[2]

Pack: adt {
	a:	array of byte;		# nil: only count
	n:	int;

	p8, p16, p32:	fn(p: self ref Pack, v: int);
	p64:	fn(p: self ref Pack, v: big);
	str:	fn(p: self ref Pack, s: string);
	data:	fn(p: self ref Pack, d: array of byte);
	qid:	fn(p: self ref Pack, q: Qid);
	dir:	fn(p: self ref Pack, d: Dir);
	stat:	fn(p: self ref Pack, d: Dir);
	tmsg:	fn(p: self ref Pack, t: ref Tmsg);
	rmsg:	fn(p: self ref Pack, r: ref Rmsg);
};

Unpack: adt {
	a:	array of byte;
	n:	int;
	bad:	int;

	need:	fn(u: self ref Unpack, n: int): int;
	g8, g16, g32:	fn(u: self ref Unpack): int;
	g64:	fn(u: self ref Unpack): big;
	str:	fn(u: self ref Unpack): string;
	data:	fn(u: self ref Unpack): array of byte;
	qid:	fn(u: self ref Unpack): Qid;
	dir:	fn(u: self ref Unpack): Dir;
	stat:	fn(u: self ref Unpack): Dir;
	tmsg:	fn(u: self ref Unpack, kind, tag: int): ref Tmsg;
	rmsg:	fn(u: self ref Unpack, kind, tag: int): ref Rmsg;
};

# in the order of the tags of Tmsg and Rmsg
tnames := array[] of {
	"Readerror", "Version", "Auth", "Attach", "Flush", "Walk", "Open", "Create", "Read", "Write", "Clunk", "Stat", "Remove", "Wstat",
};
ttypes := array[] of {
	0, Tversion, Tauth, Tattach, Tflush, Twalk, Topen, Tcreate, Tread, Twrite, Tclunk, Tstat, Tremove, Twstat,
};
rnames := array[] of {
	"Readerror", "Version", "Auth", "Attach", "Flush", "Error", "Clunk", "Remove", "Wstat", "Walk", "Create", "Open", "Read", "Write", "Stat",
};
rtypes := array[] of {
	0, Rversion, Rauth, Rattach, Rflush, Rerror, Rclunk, Rremove, Rwstat, Rwalk, Rcreate, Ropen, Rread, Rwrite, Rstat,
};

init()
{
	sys = load Sys Sys->PATH;
}

Pack.p8(p: self ref Pack, v: int)
{
	if(p.a != nil)
		p.a[p.n] = byte v;
	p.n++;
}

Pack.p16(p: self ref Pack, v: int)
{
	if(p.a != nil){
		p.a[p.n] = byte v;
		p.a[p.n+1] = byte (v>>8);
	}
	p.n += 2;
}

Pack.p32(p: self ref Pack, v: int)
{
	if(p.a != nil){
		p.a[p.n] = byte v;
		p.a[p.n+1] = byte (v>>8);
		p.a[p.n+2] = byte (v>>16);
		p.a[p.n+3] = byte (v>>24);
	}
	p.n += 4;
}

Pack.p64(p: self ref Pack, v: big)
{
	p.p32(int v);
	p.p32(int (v>>32));
}

Pack.str(p: self ref Pack, s: string)
{
	b := array of byte s;
	p.p16(len b);
	if(p.a != nil)
		p.a[p.n:] = b;
	p.n += len b;
}

Pack.data(p: self ref Pack, d: array of byte)
{
	p.p32(len d);
	if(p.a != nil)
		p.a[p.n:] = d;
	p.n += len d;
}

Pack.qid(p: self ref Pack, q: Qid)
{
	p.p8(q.qtype);
	p.p32(q.vers);
	p.p64(q.path);
}

# stat(5), with the size before it; the fields have the order of the protocol, not of Sys->Dir
Pack.dir(p: self ref Pack, d: Dir)
{
	start := p.n;
	p.p16(0);
	p.p16(d.dtype);
	p.p32(d.dev);
	p.qid(d.qid);
	p.p32(d.mode);
	p.p32(d.atime);
	p.p32(d.mtime);
	p.p64(d.length);
	p.str(d.name);
	p.str(d.uid);
	p.str(d.gid);
	p.str(d.muid);
	end := p.n;
	p.n = start;
	p.p16(end-start-2);
	p.n = end;
}

# stat[n]: in a message the entry has another size before its own
Pack.stat(p: self ref Pack, d: Dir)
{
	start := p.n;
	p.p16(0);
	p.dir(d);
	end := p.n;
	p.n = start;
	p.p16(end-start-2);
	p.n = end;
}

Pack.tmsg(p: self ref Pack, t: ref Tmsg)
{
	pick m := t {
	Version =>
		p.p32(m.msize);
		p.str(m.version);
	Auth =>
		p.p32(m.afid);
		p.str(m.uname);
		p.str(m.aname);
	Attach =>
		p.p32(m.fid);
		p.p32(m.afid);
		p.str(m.uname);
		p.str(m.aname);
	Flush =>
		p.p16(m.oldtag);
	Walk =>
		p.p32(m.fid);
		p.p32(m.newfid);
		p.p16(len m.names);
		for(i := 0; i < len m.names; i++)
			p.str(m.names[i]);
	Open =>
		p.p32(m.fid);
		p.p8(m.mode);
	Create =>
		p.p32(m.fid);
		p.str(m.name);
		p.p32(m.perm);
		p.p8(m.mode);
	Read =>
		p.p32(m.fid);
		p.p64(m.offset);
		p.p32(m.count);
	Write =>
		p.p32(m.fid);
		p.p64(m.offset);
		p.data(m.data);
	Clunk or Stat or Remove =>
		p.p32(m.fid);
	Wstat =>
		p.p32(m.fid);
		p.stat(m.stat);
	}
}

Pack.rmsg(p: self ref Pack, r: ref Rmsg)
{
	pick m := r {
	Version =>
		p.p32(m.msize);
		p.str(m.version);
	Auth =>
		p.qid(m.aqid);
	Attach =>
		p.qid(m.qid);
	Error =>
		p.str(m.ename);
	Walk =>
		p.p16(len m.qids);
		for(i := 0; i < len m.qids; i++)
			p.qid(m.qids[i]);
	Create or Open =>
		p.qid(m.qid);
		p.p32(m.iounit);
	Read =>
		p.data(m.data);
	Write =>
		p.p32(m.count);
	Stat =>
		p.stat(m.stat);
	}
}

Tmsg.mtype(t: self ref Tmsg): int
{
	return ttypes[tagof t];
}

Rmsg.mtype(r: self ref Rmsg): int
{
	return rtypes[tagof r];
}

Tmsg.packedsize(t: self ref Tmsg): int
{
	if(t == nil || t.mtype() == 0)
		return 0;
	p := ref Pack(nil, Hdr);
	p.tmsg(t);
	return p.n;
}

Rmsg.packedsize(r: self ref Rmsg): int
{
	if(r == nil || r.mtype() == 0)
		return 0;
	p := ref Pack(nil, Hdr);
	p.rmsg(r);
	return p.n;
}

head(n, kind, tag: int): ref Pack
{
	p := ref Pack(array[n] of byte, 0);
	p.p32(n);
	p.p8(kind);
	p.p16(tag);
	return p;
}

Tmsg.pack(t: self ref Tmsg): array of byte
{
	n := t.packedsize();
	if(n == 0)
		return nil;
	p := head(n, t.mtype(), t.tag);
	p.tmsg(t);
	return p.a;
}

Rmsg.pack(r: self ref Rmsg): array of byte
{
	n := r.packedsize();
	if(n == 0)
		return nil;
	p := head(n, r.mtype(), r.tag);
	p.rmsg(r);
	return p.a;
}

Unpack.need(u: self ref Unpack, n: int): int
{
	if(n < 0 || n > len u.a - u.n)
		u.bad = 1;
	return !u.bad;
}

Unpack.g8(u: self ref Unpack): int
{
	if(!u.need(1))
		return 0;
	return int u.a[u.n++];
}

Unpack.g16(u: self ref Unpack): int
{
	if(!u.need(2))
		return 0;
	i := u.n;
	u.n += 2;
	return int u.a[i] | int u.a[i+1]<<8;
}

Unpack.g32(u: self ref Unpack): int
{
	if(!u.need(4))
		return 0;
	i := u.n;
	u.n += 4;
	return int u.a[i] | int u.a[i+1]<<8 | int u.a[i+2]<<16 | int u.a[i+3]<<24;
}

Unpack.g64(u: self ref Unpack): big
{
	lo := u.g32();
	return big u.g32()<<32 | big lo & 16rffffffff;
}

Unpack.str(u: self ref Unpack): string
{
	n := u.g16();
	if(!u.need(n))
		return nil;
	i := u.n;
	u.n += n;
	return string u.a[i:i+n];
}

Unpack.data(u: self ref Unpack): array of byte
{
	n := u.g32();
	if(!u.need(n))
		return nil;
	d := array[n] of byte;
	d[0:] = u.a[u.n:u.n+n];
	u.n += n;
	return d;
}

Unpack.qid(u: self ref Unpack): Qid
{
	t := u.g8();
	v := u.g32();
	return Qid(u.g64(), v, t);
}

Unpack.dir(u: self ref Unpack): Dir
{
	d := sys->zerodir;
	n := u.g16();
	if(!u.need(n))
		return d;
	end := u.n + n;
	d.dtype = u.g16();
	d.dev = u.g32();
	d.qid = u.qid();
	d.mode = u.g32();
	d.atime = u.g32();
	d.mtime = u.g32();
	d.length = u.g64();
	d.name = u.str();
	d.uid = u.str();
	d.gid = u.str();
	d.muid = u.str();
	if(u.n > end)
		u.bad = 1;
	u.n = end;
	return d;
}

Unpack.stat(u: self ref Unpack): Dir
{
	n := u.g16();
	if(!u.need(n))
		return sys->zerodir;
	end := u.n + n;
	d := u.dir();
	if(u.n != end)
		u.bad = 1;
	return d;
}

Unpack.tmsg(u: self ref Unpack, kind, tag: int): ref Tmsg
{
	case kind {
	Tversion =>
		msize := u.g32();
		return ref Tmsg.Version(tag, msize, u.str());
	Tauth =>
		afid := u.g32();
		uname := u.str();
		return ref Tmsg.Auth(tag, afid, uname, u.str());
	Tattach =>
		fid := u.g32();
		afid := u.g32();
		uname := u.str();
		return ref Tmsg.Attach(tag, fid, afid, uname, u.str());
	Tflush =>
		return ref Tmsg.Flush(tag, u.g16());
	Twalk =>
		fid := u.g32();
		newfid := u.g32();
		n := u.g16();
		if(n > MAXWELEM)
			u.bad = 1;
		names: array of string;
		if(n > 0 && !u.bad)
			names = array[n] of string;
		for(i := 0; i < len names; i++)
			names[i] = u.str();
		return ref Tmsg.Walk(tag, fid, newfid, names);
	Topen =>
		fid := u.g32();
		return ref Tmsg.Open(tag, fid, u.g8());
	Tcreate =>
		fid := u.g32();
		name := u.str();
		perm := u.g32();
		return ref Tmsg.Create(tag, fid, name, perm, u.g8());
	Tread =>
		fid := u.g32();
		off := u.g64();
		return ref Tmsg.Read(tag, fid, off, u.g32());
	Twrite =>
		fid := u.g32();
		off := u.g64();
		return ref Tmsg.Write(tag, fid, off, u.data());
	Tclunk =>
		return ref Tmsg.Clunk(tag, u.g32());
	Tremove =>
		return ref Tmsg.Remove(tag, u.g32());
	Tstat =>
		return ref Tmsg.Stat(tag, u.g32());
	Twstat =>
		fid := u.g32();
		return ref Tmsg.Wstat(tag, fid, u.stat());
	}
	return nil;
}

Unpack.rmsg(u: self ref Unpack, kind, tag: int): ref Rmsg
{
	case kind {
	Rversion =>
		msize := u.g32();
		return ref Rmsg.Version(tag, msize, u.str());
	Rauth =>
		return ref Rmsg.Auth(tag, u.qid());
	Rattach =>
		return ref Rmsg.Attach(tag, u.qid());
	Rflush =>
		return ref Rmsg.Flush(tag);
	Rerror =>
		return ref Rmsg.Error(tag, u.str());
	Rclunk =>
		return ref Rmsg.Clunk(tag);
	Rremove =>
		return ref Rmsg.Remove(tag);
	Rwstat =>
		return ref Rmsg.Wstat(tag);
	Rwalk =>
		n := u.g16();
		if(n > MAXWELEM)
			u.bad = 1;
		qids: array of Qid;
		if(!u.bad)
			qids = array[n] of Qid;
		for(i := 0; i < len qids; i++)
			qids[i] = u.qid();
		return ref Rmsg.Walk(tag, qids);
	Rcreate =>
		q := u.qid();
		return ref Rmsg.Create(tag, q, u.g32());
	Ropen =>
		q := u.qid();
		return ref Rmsg.Open(tag, q, u.g32());
	Rread =>
		return ref Rmsg.Read(tag, u.data());
	Rwrite =>
		return ref Rmsg.Write(tag, u.g32());
	Rstat =>
		return ref Rmsg.Stat(tag, u.stat());
	}
	return nil;
}

# the size of the message that f begins with, and its type and tag: 0 when there is not all of it, -1 when it is none
frame(f: array of byte): (int, int, int)
{
	if(len f < Hdr)
		return (0, 0, 0);
	u := ref Unpack(f, 0, 0);
	n := u.g32();
	if(n < Hdr)
		return (-1, 0, 0);
	if(n > len f)
		return (0, 0, 0);
	kind := u.g8();
	return (n, kind, u.g16());
}

Tmsg.unpack(f: array of byte): (int, ref Tmsg)
{
	(n, kind, tag) := frame(f);
	if(n <= 0)
		return (n, nil);
	u := ref Unpack(f[0:n], Hdr, 0);
	m := u.tmsg(kind, tag);
	if(m == nil || u.bad || u.n != n)
		return (-1, nil);
	return (n, m);
}

Rmsg.unpack(f: array of byte): (int, ref Rmsg)
{
	(n, kind, tag) := frame(f);
	if(n <= 0)
		return (n, nil);
	u := ref Unpack(f[0:n], Hdr, 0);
	m := u.rmsg(kind, tag);
	if(m == nil || u.bad || u.n != n)
		return (-1, nil);
	return (n, m);
}

readmsg(fd: ref Sys->FD, msize: int): (array of byte, string)
{
	if(msize <= 0)
		msize = MAXRPC;
	h := array[BIT32SZ] of byte;
	n := sys->readn(fd, h, len h);
	if(n == 0)
		return (nil, nil);
	if(n < 0)
		return (nil, sys->sprint("%r"));
	if(n != len h)
		return (nil, "9P message truncated");
	u := ref Unpack(h, 0, 0);
	size := u.g32();
	if(size <= BIT32SZ)
		return (nil, "invalid 9P message size");
	if(size > msize)
		return (nil, "9P message longer than agreed");
	f := array[size] of byte;
	f[0:] = h;
	n = sys->readn(fd, f[BIT32SZ:], size-BIT32SZ);
	if(n < 0)
		return (nil, sys->sprint("%r"));
	if(n != size-BIT32SZ)
		return (nil, "9P message truncated");
	return (f, nil);
}

Tmsg.read(fd: ref Sys->FD, msize: int): ref Tmsg
{
	(f, err) := readmsg(fd, msize);
	if(f == nil && err == nil)
		return nil;
	m: ref Tmsg;
	if(err == nil)
		(nil, m) = Tmsg.unpack(f);
	if(m == nil){
		if(err == nil)
			err = "bad 9P T-message format";
		return ref Tmsg.Readerror(0, err);
	}
	return m;
}

Rmsg.read(fd: ref Sys->FD, msize: int): ref Rmsg
{
	(f, err) := readmsg(fd, msize);
	if(f == nil && err == nil)
		return nil;
	m: ref Rmsg;
	if(err == nil)
		(nil, m) = Rmsg.unpack(f);
	if(m == nil){
		if(err == nil)
			err = "bad 9P R-message format";
		return ref Rmsg.Readerror(0, err);
	}
	return m;
}

# -1: too short to tell
istmsg(f: array of byte): int
{
	if(len f < Hdr)
		return -1;
	return (int f[BIT32SZ] & 1) == 0;
}

compatible(t: ref Tmsg.Version, msize: int, version: string): (int, string)
{
	if(version == nil)
		version = VERSION;
	if(t.msize < msize)
		msize = t.msize;
	# 9Pnnnn[.anything]: versions compare as text
	v := t.version;
	for(i := 0; i < len v && v[i] != '.'; i++)
		;
	v = v[0:i];
	if(len v < 2 || v[0:2] != "9P")
		return (msize, "unknown");
	for(i = 2; i < len v; i++)
		if(v[i] < '0' || v[i] > '9')
			return (msize, "unknown");
	if(v < VERSION)
		return (msize, "unknown");
	if(v < version)
		return (msize, v);
	return (msize, version);
}

packdirsize(d: Dir): int
{
	p := ref Pack(nil, 0);
	p.dir(d);
	return p.n;
}

packdir(d: Dir): array of byte
{
	p := ref Pack(array[packdirsize(d)] of byte, 0);
	p.dir(d);
	return p.a;
}

unpackdir(f: array of byte): (int, Dir)
{
	if(len f < BIT16SZ)
		return (0, sys->zerodir);
	u := ref Unpack(f, 0, 0);
	n := u.g16() + BIT16SZ;
	if(n > len f)
		return (0, sys->zerodir);
	u = ref Unpack(f[0:n], 0, 0);
	d := u.dir();
	if(u.bad)
		return (-1, sys->zerodir);
	return (n, d);
}

utflen(s: string): int
{
	return len array of byte s;
}

write(fd: ref Sys->FD, a: array of byte, n: int): int
{
	return sys->write(fd, a, n);
}

qid2text(q: Qid): string
{
	return sys->sprint("Qid(16r%ubx,%d,16r%.2ux)", q.path, q.vers, q.qtype);
}

dir2text(d: Dir): string
{
	return sys->sprint("Dir(\"%s\",\"%s\",\"%s\",%s,8r%uo,%d,%d,%bd,16r%ux,%d)",
		d.name, d.uid, d.gid, qid2text(d.qid), d.mode, d.atime, d.mtime, d.length, d.dtype, d.dev);
}

# name(tag,field,...)
show(which: string, tag: int, fields: list of string): string
{
	s := sys->sprint("%s(%ud", which, tag);
	for(; fields != nil; fields = tl fields)
		s += "," + hd fields;
	return s + ")";
}

u(n: int): string
{
	return sys->sprint("%ud", n);
}

q(s: string): string
{
	return "\"" + s + "\"";
}

Tmsg.text(t: self ref Tmsg): string
{
	if(t == nil)
		return "nil";
	l: list of string;
	pick m := t {
	Readerror =>
		l = q(m.error) :: nil;
	Version =>
		l = string m.msize :: q(m.version) :: nil;
	Auth =>
		l = u(m.afid) :: q(m.uname) :: q(m.aname) :: nil;
	Attach =>
		l = u(m.fid) :: u(m.afid) :: q(m.uname) :: q(m.aname) :: nil;
	Flush =>
		l = u(m.oldtag) :: nil;
	Walk =>
		s := "nil";
		if(len m.names > 0){
			s = "array[] of {";
			for(i := 0; i < len m.names; i++){
				if(i > 0)
					s += ",";
				s += q(m.names[i]);
			}
			s += "}";
		}
		l = u(m.fid) :: u(m.newfid) :: s :: nil;
	Open =>
		l = u(m.fid) :: string m.mode :: nil;
	Create =>
		l = u(m.fid) :: q(m.name) :: sys->sprint("8r%uo", m.perm) :: string m.mode :: nil;
	Read =>
		l = u(m.fid) :: string m.offset :: u(m.count) :: nil;
	Write =>
		l = u(m.fid) :: string m.offset :: sys->sprint("array[%d] of byte", len m.data) :: nil;
	Clunk or Stat or Remove =>
		l = u(m.fid) :: nil;
	Wstat =>
		l = u(m.fid) :: dir2text(m.stat) :: nil;
	}
	return show("Tmsg." + tnames[tagof t], t.tag, l);
}

Rmsg.text(r: self ref Rmsg): string
{
	if(r == nil)
		return "nil";
	l: list of string;
	pick m := r {
	Readerror =>
		l = q(m.error) :: nil;
	Version =>
		l = string m.msize :: q(m.version) :: nil;
	Auth =>
		l = qid2text(m.aqid) :: nil;
	Attach =>
		l = qid2text(m.qid) :: nil;
	Error =>
		l = q(m.ename) :: nil;
	Walk =>
		s := "array[] of {";
		for(i := 0; i < len m.qids; i++){
			if(i > 0)
				s += ",";
			s += qid2text(m.qids[i]);
		}
		l = s + "}" :: nil;
	Create or Open =>
		l = qid2text(m.qid) :: string m.iounit :: nil;
	Read =>
		l = sys->sprint("array[%d] of byte", len m.data) :: nil;
	Write =>
		l = string m.count :: nil;
	Stat =>
		l = dir2text(m.stat) :: nil;
	}
	return show("Rmsg." + rnames[tagof r], r.tag, l);
}
