// The "client" half: drives a server of ours with the 9P client of 9fans.net/go, and prints what it found.
package main

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"9fans.net/go/plan9"
	"9fans.net/go/plan9/client"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func runClient(network, addr string) {
	conn, err := client.Dial(network, addr)
	must(err)
	defer conn.Close()
	fs, err := conn.Attach(nil, "glenda", "")
	must(err)

	f, err := fs.Create("/hello", plan9.ORDWR, 0666)
	must(err)
	_, err = f.Write([]byte("hello from go\n"))
	must(err)
	b := make([]byte, 100)
	n, err := f.ReadAt(b, 6)
	if err != nil && err != io.EOF {
		must(err)
	}
	fmt.Printf("read %q\n", b[:n])
	must(f.Close())

	big := bytes.Repeat([]byte("0123456789abcdef"), 50000)
	f, err = fs.Create("/big", plan9.ORDWR, 0600)
	must(err)
	_, err = f.Write(big)
	must(err)
	_, err = f.Seek(0, 0)
	must(err)
	all, err := io.ReadAll(f)
	must(err)
	fmt.Printf("big %v\n", bytes.Equal(all, big))
	must(f.Close())

	f, err = fs.Create("/dir", plan9.OREAD, plan9.DMDIR|0777)
	must(err)
	must(f.Close())
	for _, name := range []string{"x", "y"} {
		f, err = fs.Create("/dir/"+name, plan9.OWRITE, 0644)
		must(err)
		must(f.Close())
	}
	f, err = fs.Open("/dir", plan9.OREAD)
	must(err)
	dirs, err := f.Dirreadall()
	must(err)
	for _, d := range dirs {
		fmt.Printf("dir %s %v\n", d.Name, d.Mode)
	}
	must(f.Close())

	d, err := fs.Stat("/hello")
	must(err)
	fmt.Printf("stat %s %d %s\n", d.Name, d.Length, d.Uid)
	var nd plan9.Dir
	nd.Null()
	nd.Name = "renamed"
	must(fs.Wstat("/hello", &nd))
	_, err = fs.Stat("/hello")
	fmt.Printf("gone %v\n", err != nil)
	must(fs.Remove("/renamed"))
	_, err = fs.Open("/nosuch", plan9.OREAD)
	fmt.Printf("error %v\n", err)
	_, err = fs.Open("/dir", plan9.OWRITE)
	fmt.Printf("error %v\n", err != nil)

	var wg sync.WaitGroup
	for i := 0; i < 50; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			name := fmt.Sprintf("/file%d", i)
			f, err := fs.Create(name, plan9.ORDWR, 0666)
			must(err)
			for j := 0; j < 20; j++ {
				_, err = f.WriteAt([]byte(name), int64(j*len(name)))
				must(err)
			}
			must(f.Close())
			must(fs.Remove(name))
		}(i)
	}
	wg.Wait()
	fmt.Println("done")
}
