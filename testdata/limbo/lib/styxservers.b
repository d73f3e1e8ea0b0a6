implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "styx.m";
	styx: Styx;
	Tmsg, Rmsg: import styx;
include "styxservers.m";
	styxservers: Styxservers;
	Styxserver, Navigator, Fid: import styxservers;
	nametree: Nametree;
	Tree: import nametree;

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Qroot, Qctl, Qdata, Qdir, Qsub, Qsecret: con big iota;

fd: ref Sys->FD;

rpc(t: ref Tmsg)
{
	a := t.pack();
	sys->write(fd, a, len a);
	r := Rmsg.read(fd, 0);
	print("%s\n\t%s\n", t.text(), r.text());
	pick m := r {
	Read =>
		n := 0;
		for(d := m.data; len d > 0; d = d[n:]){
			e: Sys->Dir;
			(n, e) = styx->unpackdir(d);
			if(n <= 0){
				print("\t%s\n", string d);
				break;
			}
			print("\t%s\n", e.name);
		}
	}
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	styx = load Styx Styx->PATH;
	styx->init();
	styxservers = load Styxservers Styxservers->PATH;
	styxservers->init(styx);
	nametree = load Nametree Nametree->PATH;
	nametree->init();
	(tree, treeop) := nametree->start();
	err := tree.create(Qroot, dir(".", 8r777|Sys->DMDIR, Qroot));
	print("[%s]", err);
	print("[%s]", tree.create(Qroot, dir("ctl", 8r666, Qctl)));
	print("[%s]", tree.create(Qroot, dir("data", 8r444, Qdata)));
	print("[%s]", tree.create(Qroot, dir("dir", 8r755|Sys->DMDIR, Qdir)));
	print("[%s]", tree.create(Qdir, dir("sub", 8r600, Qsub)));
	print("[%s]", tree.create(Qroot, dir("secret", 8r700|Sys->DMDIR, Qsecret)));
	print("[%s]", tree.create(big 99, dir("orphan", 8r644, big 100)));
	print("[%s]\n", tree.create(Qroot, dir("ctl", 8r644, big 101)));
	for(i := 0; i < 12; i++)
		tree.create(Qdir, dir("file" + string i, 8r644, big (200+i)));
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	fd = p[0];
	spawn server(p[1], treeop);
	p = nil;
	rpc(ref Tmsg.Attach(1, 0, Styx->NOFID, "me", ""));
	rpc(ref Tmsg.Version(Styx->NOTAG, 100, "9P2000"));
	rpc(ref Tmsg.Version(Styx->NOTAG, 1024, "9P2000"));
	rpc(ref Tmsg.Auth(1, 9, "me", ""));
	rpc(ref Tmsg.Attach(1, 0, Styx->NOFID, "me", "param"));
	rpc(ref Tmsg.Attach(1, 0, Styx->NOFID, "me", ""));
	rpc(ref Tmsg.Walk(1, 0, 1, nil));
	rpc(ref Tmsg.Walk(1, 0, 1, nil));
	rpc(ref Tmsg.Walk(1, 7, 8, nil));
	rpc(ref Tmsg.Walk(1, 0, 2, array[] of {"ctl"}));
	rpc(ref Tmsg.Walk(1, 0, 3, array[] of {"dir", "sub"}));
	rpc(ref Tmsg.Walk(1, 0, 4, array[] of {"dir", "none", "x"}));
	rpc(ref Tmsg.Walk(1, 0, 4, array[] of {"none"}));
	rpc(ref Tmsg.Walk(1, 0, 4, array[] of {"dir", "..", "data"}));
	rpc(ref Tmsg.Walk(1, 2, 5, array[] of {"x"}));
	rpc(ref Tmsg.Stat(1, 4));
	rpc(ref Tmsg.Stat(1, 55));
	rpc(ref Tmsg.Open(1, 2, Sys->ORDWR));
	rpc(ref Tmsg.Open(1, 2, Sys->OREAD));
	rpc(ref Tmsg.Open(1, 4, Sys->OWRITE));
	rpc(ref Tmsg.Open(1, 4, 77));
	rpc(ref Tmsg.Open(1, 4, Sys->OREAD));
	rpc(ref Tmsg.Walk(1, 4, 5, nil));
	rpc(ref Tmsg.Read(1, 4, big 0, 100));
	rpc(ref Tmsg.Read(1, 4, big 5, 3));
	rpc(ref Tmsg.Read(1, 4, big 50, 3));
	rpc(ref Tmsg.Read(1, 4, big -1, 3));
	rpc(ref Tmsg.Read(1, 4, big 0, 5000));
	rpc(ref Tmsg.Write(1, 4, big 0, array of byte "x"));
	rpc(ref Tmsg.Write(1, 2, big 0, array of byte "hello"));
	rpc(ref Tmsg.Read(1, 1, big 0, 100));
	rpc(ref Tmsg.Open(1, 1, Sys->OREAD));
	rpc(ref Tmsg.Read(1, 1, big 0, 1000));
	rpc(ref Tmsg.Walk(1, 0, 6, array[] of {"dir"}));
	rpc(ref Tmsg.Open(1, 6, Sys->OWRITE));
	rpc(ref Tmsg.Open(1, 6, Sys->OREAD));
	off := big 0;
	for(i = 0; i < 5; i++){
		t := ref Tmsg.Read(1, 6, off, 250);
		a := t.pack();
		sys->write(fd, a, len a);
		pick r := Rmsg.read(fd, 0) {
		Read =>
			print("%bd %d\n", off, len r.data);
			off += big len r.data;
		Error =>
			print("%s\n", r.ename);
		}
	}
	rpc(ref Tmsg.Create(1, 0, "new", 8r666, Sys->OWRITE));
	rpc(ref Tmsg.Flush(1, 5));
	rpc(ref Tmsg.Wstat(1, 4, sys->nulldir));
	rpc(ref Tmsg.Walk(1, 0, 7, array[] of {"dir", "sub"}));
	rpc(ref Tmsg.Remove(1, 7));
	rpc(ref Tmsg.Stat(1, 7));
	rpc(ref Tmsg.Clunk(1, 6));
	rpc(ref Tmsg.Clunk(1, 6));
	print("[%s] [%s]\n", tree.getpath(Qsub), tree.getpath(Qroot));
	print("[%s]", tree.wstat(Qdata, dir("renamed", 8r640, Qdata)));
	print("[%s]", tree.remove(Qdir));
	print("[%s]", tree.remove(Qdir));
	print("[%s]\n", tree.remove(big 205));
	rpc(ref Tmsg.Stat(1, 4));
	rpc(ref Tmsg.Walk(1, 0, 8, array[] of {"dir"}));
	modes := array[] of {0, 1, 2, 3, 4, 16, 17, 64, 65, 19, 128};
	for(i = 0; i < len modes; i++){
		print("%d:%d", modes[i], styxservers->openmode(modes[i]));
		for(l := list of {8r777, 8r600, 8r060, 8r006, 8r444, 8r222, 8r111}; l != nil; l = tl l)
			print(" %d%d%d", styxservers->openok("u", modes[i], hd l, "u", "g") != 0, styxservers->openok("g", modes[i], hd l, "u", "g") != 0,
				styxservers->openok("o", modes[i], hd l, "u", "g") != 0);
		print("\n");
	}
	fd = nil;
}

server(sfd: ref Sys->FD, treeop: chan of ref Styxservers->Navop)
{
	(c, srv) := Styxserver.new(sfd, Navigator.new(treeop), Qroot);
	sfd = nil;
	for(;;){
		gm := <-c;
		if(gm == nil){
			print("end: %d fids\n", len srv.allfids());
			srv.default(nil);	# ends this process and the tree's
		}
		pick m := gm {
		Read =>
			(f, err) := srv.canread(m);
			if(f == nil)
				srv.reply(ref Rmsg.Error(m.tag, err));
			else if(f.path == Qdata)
				srv.reply(styxservers->readstr(m, "some data é"));
			else
				srv.default(m);
		Write =>
			(f, err) := srv.canwrite(m);
			if(f == nil)
				srv.reply(ref Rmsg.Error(m.tag, err));
			else
				srv.reply(ref Rmsg.Write(m.tag, len m.data));
		Create =>
			(f, mode, d, err) := srv.cancreate(m);
			if(f == nil)
				srv.reply(ref Rmsg.Error(m.tag, err));
			else
				srv.reply(ref Rmsg.Error(m.tag, sys->sprint("would make %s mode %d", styx->dir2text(*d), mode)));
		* =>
			srv.default(gm);
		}
	}
}

dir(name: string, perm: int, qid: big): Sys->Dir
{
	d := sys->zerodir;
	d.name = name;
	d.uid = "me";
	d.gid = "us";
	d.qid.path = qid;
	if(perm & Sys->DMDIR)
		d.qid.qtype = Sys->QTDIR;
	d.mode = perm;
	return d;
}
