package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch name, args := os.Args[1], os.Args[2:]; name {
	case "road":
		err = road(ctx, args)
	case "metering":
		err = metering(ctx, args)
	case "call":
		err = call(ctx, args)
	case "goplugin": // the other process of a mechanism of call
		serveProcessPlugin()
	case "languages":
		err = languageCosts(ctx, args)
	case "memory":
		err = memory(ctx, args)
	case "shards": // a process of memory
		err = shards(ctx, args)
	case "lanes": // a process of memory
		err = lanes(ctx, args)
	case "client":
		err = client(ctx, args)
	default:
		usage()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: go run . road|metering|call|languages|memory [--runs N] [--events N] [--n SHARDS] [--json]")
	os.Exit(64)
}

// options that the benches share.
type options struct {
	runs   int
	events int
	n      int
	json   bool
}

func parse(name string, args []string) (options, error) {
	var o options
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.IntVar(&o.runs, "runs", 5, "counted runs of each client")
	f.IntVar(&o.events, "events", 200_000, "events of one run")
	f.IntVar(&o.n, "n", 200, "shards that wait, in the bench memory")
	f.BoolVar(&o.json, "json", false, "print one line of JSON at the end")
	return o, f.Parse(args)
}
