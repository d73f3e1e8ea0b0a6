// Peers for the tests of packages/styx: other people's 9P, in Go.
package main

import "os"

func main() {
	switch os.Args[1] {
	case "client":
		runClient(os.Args[2], os.Args[3])
	case "srv9p":
		runServer()
	}
}
