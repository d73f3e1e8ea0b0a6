implement Styxservers;

# styxservers(2)

include "sys.m";
	sys: Sys;
	Dir, Qid: import sys;
include "styx.m";
	styx: Styx;
	Tmsg, Rmsg: import styx;
include "styxservers.m";

Slots: con 64;			# of the table of fids
OEXEC: con 3;
Minmsize: con 256;
Typical: con 80;		# bytes of a directory entry, to guess how many to ask for

tracefd: ref Sys->FD;

init(s: Styx)
{
	sys = load Sys Sys->PATH;
	styx = s;
}

traceset(on: int)
{
	tracefd = nil;
	if(on)
		tracefd = sys->fildes(2);
}

Fid.clone(f: self ref Fid, nf: ref Fid): ref Fid
{
	n := nf.fid;
	*nf = *f;
	nf.fid = n;
	return nf;
}

Fid.open(f: self ref Fid, mode: int, qid: Qid)
{
	f.isopen = 1;
	f.mode = mode;
	f.doffset = (0, 0);
	f.walk(qid);
}

Fid.walk(f: self ref Fid, qid: Qid)
{
	f.path = qid.path;
	f.qtype = qid.qtype;
}

Navigator.new(c: chan of ref Navop): ref Navigator
{
	return ref Navigator(c, chan of (ref Dir, string));
}

Navigator.stat(t: self ref Navigator, q: big): (ref Dir, string)
{
	t.c <-= ref Navop.Stat(t.reply, q);
	return <-t.reply;
}

Navigator.walk(t: self ref Navigator, parentq: big, name: string): (ref Dir, string)
{
	t.c <-= ref Navop.Walk(t.reply, parentq, name);
	return <-t.reply;
}

Navigator.readdir(t: self ref Navigator, q: big, offset, count: int): array of ref Dir
{
	t.c <-= ref Navop.Readdir(t.reply, q, offset, count);
	a := array[count] of ref Dir;
	n := 0;
	# all are taken, so that whoever answers never waits
	for(;;){
		(d, nil) := <-t.reply;
		if(d == nil)
			break;
		if(n < count)
			a[n++] = d;
	}
	if(n == 0)
		return nil;
	return a[0:n];
}

Styxserver.new(fd: ref Sys->FD, t: ref Navigator, rootpath: big): (chan of ref Tmsg, ref Styxserver)
{
	c := chan of ref Tmsg;
	srv := ref Styxserver(fd, array[Slots] of list of ref Fid, chan[1] of int, t, rootpath, 0, nil);
	ready := chan of int;
	spawn reader(fd, srv, c, ready);
	<-ready;
	return (c, srv);
}

# holds no file of the program's but the connection, so that the others close when the program lets go of them
reader(fd: ref Sys->FD, srv: ref Styxserver, c: chan of ref Tmsg, ready: chan of int)
{
	keep := fd.fd :: nil;
	if(tracefd != nil)
		keep = 2 :: keep;
	sys->pctl(Sys->NEWFD|Sys->NEWNS, keep);
	ready <-= 1;
	fd = sys->fildes(fd.fd);
	for(;;){
		m := Tmsg.read(fd, srv.msize);
		if(tracefd != nil && m != nil)
			sys->fprint(sys->fildes(2), "<- %s\n", m.text());
		c <-= m;
		if(m == nil || tagof m == tagof Tmsg.Readerror)
			return;
	}
}

Styxserver.reply(srv: self ref Styxserver, m: ref Rmsg): int
{
	if(srv.replychan != nil){
		srv.replychan <-= m;
		return 0;
	}
	return srv.replydirect(m);
}

Styxserver.replydirect(srv: self ref Styxserver, m: ref Rmsg): int
{
	if(srv.msize == 0)
		m = ref Rmsg.Error(m.tag, "Tversion not seen");
	a := m.pack();
	if(srv.msize != 0 && len a > srv.msize){
		m = ref Rmsg.Error(m.tag, "Styx reply didn't fit");
		a = m.pack();
	}
	if(tracefd != nil)
		sys->fprint(tracefd, "-> %s\n", m.text());
	return sys->write(srv.fd, a, len a);
}

Styxserver.error(srv: self ref Styxserver, m: ref Tmsg, msg: string)
{
	srv.reply(ref Rmsg.Error(m.tag, msg));
}

Styxserver.attach(srv: self ref Styxserver, m: ref Tmsg.Attach): ref Fid
{
	(d, err) := srv.t.stat(srv.rootpath);
	if(d == nil){
		srv.error(m, err);
		return nil;
	}
	if((d.qid.qtype & Sys->QTDIR) == 0){
		srv.error(m, Enotdir);
		return nil;
	}
	f := srv.newfid(m.fid);
	if(f == nil){
		srv.error(m, Einuse);
		return nil;
	}
	f.walk(d.qid);
	f.uname = m.uname;
	f.param = m.aname;
	srv.reply(ref Rmsg.Attach(m.tag, d.qid));
	return f;
}

Styxserver.clunk(srv: self ref Styxserver, m: ref Tmsg.Clunk): ref Fid
{
	f := srv.getfid(m.fid);
	if(f == nil){
		srv.error(m, Ebadfid);
		return nil;
	}
	srv.delfid(f);
	srv.reply(ref Rmsg.Clunk(m.tag));
	return f;
}

Styxserver.walk(srv: self ref Styxserver, m: ref Tmsg.Walk): ref Fid
{
	f := srv.getfid(m.fid);
	err := "";
	if(f == nil)
		err = Ebadfid;
	else if(f.isopen)
		err = Eopen;
	else if(m.newfid != m.fid){
		nf := srv.newfid(m.newfid);
		if(nf == nil)
			err = Einuse;
		else
			f = f.clone(nf);
	}
	if(err != nil){
		srv.error(m, err);
		return nil;
	}
	qids := array[len m.names] of Qid;
	(path, qtype) := (f.path, f.qtype);
	for(i := 0; i < len m.names; i++){
		d: ref Dir;
		(d, err) = step(srv, f, m.names[i]);
		if(d == nil){
			# nothing has moved
			(f.path, f.qtype) = (path, qtype);
			if(m.newfid != m.fid)
				srv.delfid(f);
			if(i == 0)
				srv.error(m, err);
			else
				srv.reply(ref Rmsg.Walk(m.tag, qids[0:i]));
			return nil;
		}
		f.walk(d.qid);
		qids[i] = d.qid;
	}
	srv.reply(ref Rmsg.Walk(m.tag, qids));
	return f;
}

step(srv: ref Styxserver, f: ref Fid, name: string): (ref Dir, string)
{
	if(name == ".")
		return srv.t.stat(f.path);
	if((f.qtype & Sys->QTDIR) == 0)
		return (nil, Enotdir);
	(d, err) := srv.t.stat(f.path);
	if(d == nil)
		return (nil, err);
	if(!openok(f.uname, OEXEC, d.mode, d.uid, d.gid))
		return (nil, Eperm);
	return srv.t.walk(f.path, name);
}

Styxserver.canopen(srv: self ref Styxserver, m: ref Tmsg.Open): (ref Fid, int, ref Dir, string)
{
	f := srv.getfid(m.fid);
	if(f == nil)
		return (nil, 0, nil, Ebadfid);
	if(f.isopen)
		return (nil, 0, nil, Eopen);
	(d, err) := srv.t.stat(f.path);
	if(d == nil)
		return (nil, 0, nil, err);
	mode := openmode(m.mode);
	if(mode < 0)
		return (nil, 0, nil, Ebadarg);
	if(f.qtype & Sys->QTDIR && mode != Sys->OREAD || !openok(f.uname, m.mode, d.mode, d.uid, d.gid))
		return (nil, 0, nil, Eperm);
	if(m.mode & Sys->ORCLOSE){
		(ok, why) := removable(srv, f, nil);
		if(!ok)
			return (nil, 0, nil, why);
		mode |= Sys->ORCLOSE;
	}
	return (f, mode, d, nil);
}

# may the file be removed from its directory, whose entry goes to up?
removable(srv: ref Styxserver, f: ref Fid, up: ref Dir): (int, string)
{
	if(f.path == srv.rootpath)
		return (0, Eperm);
	(d, err) := srv.t.walk(f.path, "..");
	if(d == nil)
		return (0, err);
	if(!openok(f.uname, Sys->OWRITE, d.mode, d.uid, d.gid))
		return (0, Eperm);
	if(up != nil)
		*up = *d;
	return (1, nil);
}

Styxserver.open(srv: self ref Styxserver, m: ref Tmsg.Open): ref Fid
{
	(f, mode, d, err) := srv.canopen(m);
	if(f == nil){
		srv.error(m, err);
		return nil;
	}
	f.open(mode, d.qid);
	srv.reply(ref Rmsg.Open(m.tag, d.qid, srv.iounit()));
	return f;
}

Styxserver.cancreate(srv: self ref Styxserver, m: ref Tmsg.Create): (ref Fid, int, ref Dir, string)
{
	f := srv.getfid(m.fid);
	if(f == nil)
		return (nil, 0, nil, Ebadfid);
	if(f.isopen)
		return (nil, 0, nil, Eopen);
	(d, err) := srv.t.stat(f.path);
	if(d == nil)
		return (nil, 0, nil, err);
	if((d.mode & Sys->DMDIR) == 0)
		err = Enotdir;
	else if(m.name == nil)
		err = Ename;
	else if(m.name == "." || m.name == "..")
		err = Edot;
	else if(!openok(f.uname, Sys->OWRITE, d.mode, d.uid, d.gid))
		err = Eperm;
	else if(srv.t.walk(f.path, m.name).t0 != nil)
		err = Eexists;
	mode := openmode(m.mode);
	if(err == nil && mode < 0)
		err = Ebadarg;
	if(err != nil)
		return (nil, 0, nil, err);
	mode |= m.mode & Sys->ORCLOSE;		# the directory is known to be writable
	nd := ref sys->zerodir;
	bits := 8r666;
	if(m.perm & Sys->DMDIR){
		bits = 8r777;
		nd.qid.qtype = Sys->QTDIR;
	}
	nd.mode = m.perm & (~bits | d.mode & bits);
	nd.name = m.name;
	nd.uid = nd.muid = f.uname;
	nd.gid = d.gid;
	nd.dtype = d.dtype;
	nd.dev = d.dev;
	return (f, mode, nd, nil);
}

Styxserver.canremove(srv: self ref Styxserver, m: ref Tmsg.Remove): (ref Fid, big, string)
{
	f := srv.getfid(m.fid);
	if(f == nil)
		return (nil, big 0, Ebadfid);
	up := ref sys->zerodir;
	(ok, err) := removable(srv, f, up);
	if(!ok)
		return (nil, big 0, err);
	return (f, up.qid.path, nil);
}

usable(srv: ref Styxserver, fid, mode, count: int, offset: big): (ref Fid, string)
{
	f := srv.getfid(fid);
	if(f == nil)
		return (nil, Ebadfid);
	if(!f.isopen)
		return (nil, Enotopen);
	m := f.mode & 3;
	if(m != mode && m != Sys->ORDWR)
		return (nil, Eaccess);
	if(count < 0 || count > srv.msize-Styx->IOHDRSZ)
		return (nil, Ecount);
	if(offset < big 0)
		return (nil, Eoffset);
	return (f, nil);
}

Styxserver.canread(srv: self ref Styxserver, m: ref Tmsg.Read): (ref Fid, string)
{
	return usable(srv, m.fid, Sys->OREAD, m.count, m.offset);
}

Styxserver.canwrite(srv: self ref Styxserver, m: ref Tmsg.Write): (ref Fid, string)
{
	return usable(srv, m.fid, Sys->OWRITE, len m.data, m.offset);
}

Styxserver.read(srv: self ref Styxserver, m: ref Tmsg.Read): ref Fid
{
	(f, err) := srv.canread(m);
	if(f != nil && (f.qtype & Sys->QTDIR) == 0)
		(f, err) = (nil, Eperm);
	if(f == nil){
		srv.error(m, err);
		return nil;
	}
	a := array[m.count] of byte;
	n := 0;
	# where the last read ended: bytes, entries
	(off, index) := f.doffset;
	if(big off != m.offset)
		(off, index) = (0, 0);
reading:
	while(n < m.count){
		l := srv.t.readdir(f.path, index, m.count/Typical+1);
		if(l == nil)
			break;
		for(i := 0; i < len l; i++){
			size := styx->packdirsize(*l[i]);
			if(big off >= m.offset){
				if(n + size > m.count)
					break reading;
				a[n:] = styx->packdir(*l[i]);
				n += size;
			}
			off += size;
			index++;
		}
	}
	f.doffset = (off, index);
	srv.reply(ref Rmsg.Read(m.tag, a[0:n]));
	return f;
}

Styxserver.remove(srv: self ref Styxserver, m: ref Tmsg.Remove): ref Fid
{
	f := srv.getfid(m.fid);
	if(f == nil){
		srv.error(m, Ebadfid);
		return nil;
	}
	srv.delfid(f);			# whatever comes of it, remove(5)
	srv.error(m, Eperm);
	return f;
}

Styxserver.stat(srv: self ref Styxserver, m: ref Tmsg.Stat)
{
	f := srv.getfid(m.fid);
	if(f == nil){
		srv.error(m, Ebadfid);
		return;
	}
	(d, err) := srv.t.stat(f.path);
	if(d == nil)
		srv.error(m, err);
	else
		srv.reply(ref Rmsg.Stat(m.tag, *d));
}

Styxserver.default(srv: self ref Styxserver, gm: ref Tmsg)
{
	if(gm == nil || tagof gm == tagof Tmsg.Readerror){
		srv.t.c <-= nil;
		exit;
	}
	pick m := gm {
	Version =>
		if(srv.msize <= 0)
			srv.msize = Styx->MAXRPC;
		(msize, version) := styx->compatible(m, srv.msize, Styx->VERSION);
		if(msize < Minmsize)
			srv.error(m, "message size too small");
		else{
			srv.msize = msize;
			srv.reply(ref Rmsg.Version(m.tag, msize, version));
		}
	Auth =>
		srv.error(m, "authentication not required");
	Flush =>
		srv.reply(ref Rmsg.Flush(m.tag));
	Attach =>
		srv.attach(m);
	Walk =>
		srv.walk(m);
	Open =>
		srv.open(m);
	Read =>
		srv.read(m);
	Clunk =>
		srv.clunk(m);
	Remove =>
		srv.remove(m);
	Stat =>
		srv.stat(m);
	* =>
		srv.error(gm, Eperm);
	}
}

slot(fid: int): int
{
	return fid & Slots-1;
}

Styxserver.getfid(srv: self ref Styxserver, fid: int): ref Fid
{
	# a list never changes once made, so it needs no lock to be read
	for(l := srv.fids[slot(fid)]; l != nil; l = tl l)
		if((hd l).fid == fid)
			return hd l;
	return nil;
}

Styxserver.newfid(srv: self ref Styxserver, fid: int): ref Fid
{
	srv.fidlock <-= 1;
	f: ref Fid;
	if(srv.getfid(fid) == nil){
		f = ref Fid(fid, big -1, 0, 0, 0, (0, 0), nil, nil, nil);
		srv.fids[slot(fid)] = f :: srv.fids[slot(fid)];
	}
	<-srv.fidlock;
	return f;
}

Styxserver.delfid(srv: self ref Styxserver, c: ref Fid)
{
	srv.fidlock <-= 1;
	r: list of ref Fid;
	for(l := srv.fids[slot(c.fid)]; l != nil; l = tl l)
		if(hd l != c)
			r = hd l :: r;
	srv.fids[slot(c.fid)] = r;
	<-srv.fidlock;
}

Styxserver.allfids(srv: self ref Styxserver): list of ref Fid
{
	srv.fidlock <-= 1;
	r: list of ref Fid;
	for(i := 0; i < Slots; i++)
		for(l := srv.fids[i]; l != nil; l = tl l)
			r = hd l :: r;
	<-srv.fidlock;
	return r;
}

Styxserver.iounit(srv: self ref Styxserver): int
{
	n := srv.msize - Styx->IOHDRSZ;
	if(n <= 0)
		return 0;
	return n;
}

readbytes(m: ref Tmsg.Read, d: array of byte): ref Rmsg.Read
{
	r := ref Rmsg.Read(m.tag, nil);
	if(m.offset < big 0 || m.offset >= big len d)
		return r;
	off := int m.offset;
	n := len d - off;
	if(n > m.count)
		n = m.count;
	r.data = d[off:off+n];
	return r;
}

readstr(m: ref Tmsg.Read, s: string): ref Rmsg.Read
{
	return readbytes(m, array of byte s);
}

# user, group and others in turn, as stat(5) counts them
openok(uname: string, omode, perm: int, fuid, fgid: string): int
{
	want := 0;
	case omode & 3 {
	Sys->OREAD =>	want = 4;
	Sys->OWRITE =>	want = 2;
	Sys->ORDWR =>	want = 6;
	OEXEC =>	want = 1;
	}
	if(omode & Sys->OTRUNC){
		if(perm & Sys->DMDIR)
			return 0;
		want |= 2;
	}
	return uname == fuid && (perm>>6 & want) == want
		|| uname == fgid && (perm>>3 & want) == want
		|| (perm & want) == want;
}

openmode(o: int): int
{
	o &= ~(Sys->OTRUNC|Sys->ORCLOSE);
	if(o < 0 || o > Sys->ORDWR)
		return -1;
	return o;
}
