// Command export writes the conformance kit as files, for hosts and SDKs in
// other languages:
//
//	go run ./abi/conformance/export DIR
package main

import (
	"fmt"
	"os"

	"github.com/shardhost/shardhost/abi/conformance"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./abi/conformance/export DIR")
		os.Exit(64)
	}
	if err := conformance.Write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "export:", err)
		os.Exit(1)
	}
}
