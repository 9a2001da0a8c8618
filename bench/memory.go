package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
)

// memory measures what waits without doing anything.
func memory(ctx context.Context, args []string) error {
	o, err := parse("memory", args)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "resident memory of an idle shard, processes of their own in turns, median of %d\n\n", o.runs)
	shards, err := shardMemory(ctx, o.runs, o.n)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "\nresident memory of an idle lane, processes of their own, median of %d\n\n", o.runs)
	lanes, err := laneMemory(ctx, o.runs)
	if err != nil || !o.json {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"bench": "memory", "runs": o.runs, "n": o.n, "kb_per_shard": shards, "kb_per_lane": lanes})
}
