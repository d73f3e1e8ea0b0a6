// The "srv9p" half: a file system in memory over 9fans.net/go/plan9/srv9p, for our client.
package main

import (
	"context"
	"fmt"
	"net"
	"sync"

	"9fans.net/go/plan9"
	"9fans.net/go/plan9/srv9p"
)

type contents struct {
	mu   sync.Mutex
	data []byte
}

func runServer() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Printf("tcp!127.0.0.1!%d\n", l.Addr().(*net.TCPAddr).Port)
	for {
		c, err := l.Accept()
		must(err)
		go newTree().Serve(c, c)
	}
}

func newTree() *srv9p.Server {
	tree := srv9p.NewTree("glenda", "glenda", plan9.DMDIR|0777, nil)
	return &srv9p.Server{
		Msize: 64*1024 + plan9.IOHDRSZ,
		Tree:  tree,
		Create: func(ctx context.Context, fid *srv9p.Fid, name string, perm plan9.Perm, mode uint8) (plan9.Qid, error) {
			f, err := fid.File().Create(name, "glenda", perm, &contents{})
			if err != nil {
				return plan9.Qid{}, err
			}
			fid.SetFile(f)
			return f.Stat.Qid, nil
		},
		Open: func(ctx context.Context, fid *srv9p.Fid, mode uint8) error {
			if c, ok := fid.File().Aux.(*contents); ok && mode&plan9.OTRUNC != 0 {
				c.mu.Lock()
				c.data = nil
				c.mu.Unlock()
				fid.File().Stat.Length = 0
			}
			return nil
		},
		Read: func(ctx context.Context, fid *srv9p.Fid, data []byte, offset int64) (int, error) {
			c := fid.File().Aux.(*contents)
			c.mu.Lock()
			defer c.mu.Unlock()
			if offset >= int64(len(c.data)) {
				return 0, nil
			}
			return copy(data, c.data[offset:]), nil
		},
		Write: func(ctx context.Context, fid *srv9p.Fid, data []byte, offset int64) (int, error) {
			c := fid.File().Aux.(*contents)
			c.mu.Lock()
			defer c.mu.Unlock()
			if need := offset + int64(len(data)); need > int64(len(c.data)) {
				c.data = append(c.data, make([]byte, need-int64(len(c.data)))...)
			}
			copy(c.data[offset:], data)
			fid.File().Stat.Length = uint64(len(c.data))
			return len(data), nil
		},
	}
}
