implement Nametree;

# styxservers-nametree(2): the tree is kept by one process, which two channels ask: one for its owner, one for a Navigator

include "sys.m";
	sys: Sys;
	Dir: import sys;
include "styx.m";
include "styxservers.m";
	Navop, Enotfound, Eexists: import Styxservers;

Node: adt {
	d:	ref Dir;
	parent:	cyclic ref Node;
	children:	cyclic list of ref Node;	# latest first
};

Slots: con 128;

Nodes: adt {
	slots:	array of list of ref Node;
	find:	fn(n: self ref Nodes, path: big): ref Node;
	add:	fn(n: self ref Nodes, x: ref Node);
	del:	fn(n: self ref Nodes, x: ref Node);
};

init()
{
	sys = load Sys Sys->PATH;
}

start(): (ref Tree, chan of ref Navop)
{
	t := ref Tree(chan of ref Treeop, chan of string);
	c := chan of ref Navop;
	spawn serve(t.c, c);
	return (t, c);
}

Tree.quit(t: self ref Tree)
{
	t.c <-= nil;
}

Tree.create(t: self ref Tree, parent: big, d: Dir): string
{
	t.c <-= ref Treeop.Create(t.reply, parent, d);
	return <-t.reply;
}

Tree.wstat(t: self ref Tree, path: big, d: Dir): string
{
	t.c <-= ref Treeop.Wstat(t.reply, path, d);
	return <-t.reply;
}

Tree.remove(t: self ref Tree, path: big): string
{
	t.c <-= ref Treeop.Remove(t.reply, path);
	return <-t.reply;
}

Tree.getpath(t: self ref Tree, path: big): string
{
	t.c <-= ref Treeop.Getpath(t.reply, path);
	return <-t.reply;
}

slot(path: big): int
{
	return int path & Slots-1;
}

Nodes.find(n: self ref Nodes, path: big): ref Node
{
	for(l := n.slots[slot(path)]; l != nil; l = tl l)
		if((hd l).d.qid.path == path)
			return hd l;
	return nil;
}

Nodes.add(n: self ref Nodes, x: ref Node)
{
	i := slot(x.d.qid.path);
	n.slots[i] = x :: n.slots[i];
}

Nodes.del(n: self ref Nodes, x: ref Node)
{
	i := slot(x.d.qid.path);
	n.slots[i] = without(n.slots[i], x);
}

without(l: list of ref Node, x: ref Node): list of ref Node
{
	r: list of ref Node;
	for(; l != nil; l = tl l)
		if(hd l != x)
			r = hd l :: r;
	l = nil;
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

child(n: ref Node, name: string): ref Node
{
	for(l := n.children; l != nil; l = tl l)
		if((hd l).d.name == name)
			return hd l;
	return nil;
}

serve(tc: chan of ref Treeop, nc: chan of ref Navop)
{
	nodes := ref Nodes(array[Slots] of list of ref Node);
	for(;;)
		alt {
		op := <-tc =>
			if(op == nil)
				return;
			op.reply <-= change(nodes, op);
		op := <-nc =>
			if(op == nil)
				return;
			answer(nodes, op);
		}
}

change(nodes: ref Nodes, gop: ref Treeop): string
{
	n := nodes.find(gop.q);
	pick op := gop {
	Create =>
		if(n == nil && op.d.qid.path != op.q)
			return Enotfound;
		if(nodes.find(op.d.qid.path) != nil)
			return Eexists;
		if(n != nil && child(n, op.d.name) != nil)
			return Eexists;
		x := ref Node(ref op.d, n, nil);
		if(n == nil)
			x.parent = x;		# a root
		else
			n.children = x :: n.children;
		nodes.add(x);
		return nil;
	Wstat =>
		if(n == nil)
			return Enotfound;
		d := ref op.d;
		d.qid = n.d.qid;
		n.d = apply(n.d, d);
		return nil;
	Remove =>
		if(n == nil)
			return Enotfound;
		if(n.parent != n)
			n.parent.children = without(n.parent.children, n);
		drop(nodes, n);
		return nil;
	Getpath =>
		if(n == nil)
			return nil;
		s := n.d.name;
		for(; n.parent != n && n.parent != nil; n = n.parent)
			s = n.parent.d.name + "/" + s;
		return s;
	}
	return nil;
}

# the values of nulldir change nothing
apply(old, new: ref Dir): ref Dir
{
	d := ref *old;
	if(new.name != nil)
		d.name = new.name;
	if(new.uid != nil)
		d.uid = new.uid;
	if(new.gid != nil)
		d.gid = new.gid;
	if(new.muid != nil)
		d.muid = new.muid;
	if(new.mode != ~0)
		d.mode = new.mode;
	if(new.atime != ~0)
		d.atime = new.atime;
	if(new.mtime != ~0)
		d.mtime = new.mtime;
	if(new.length != ~big 0)
		d.length = new.length;
	return d;
}

# with all that is below; and breaks the circle of references
drop(nodes: ref Nodes, n: ref Node)
{
	for(l := n.children; l != nil; l = tl l)
		drop(nodes, hd l);
	nodes.del(n);
	n.children = nil;
	n.parent = nil;
}

answer(nodes: ref Nodes, gop: ref Navop)
{
	n := nodes.find(gop.path);
	pick op := gop {
	Stat =>
		give(op.reply, n);
	Walk =>
		if(n != nil){
			if(op.name == "..")
				n = n.parent;
			else
				n = child(n, op.name);
		}
		give(op.reply, n);
	Readdir =>
		if(n != nil){
			l := n.children;
			for(i := 0; l != nil && i < op.offset; i++)
				l = tl l;
			for(i = 0; l != nil && i < op.count; i++){
				op.reply <-= ((hd l).d, nil);
				l = tl l;
			}
		}
		op.reply <-= (nil, nil);
	}
}

give(c: chan of (ref Dir, string), n: ref Node)
{
	if(n == nil)
		c <-= (nil, Enotfound);
	else
		c <-= (n.d, nil);
}
