package shard_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/shard"
)

// A bot that grows is warned about, long before it is refused, and gets its
// shards.
func TestGrowth(t *testing.T) {
	cases := []struct {
		name   string
		change func(*shard.Options)
		warned bool // at three recommended of two
		shards int  // in the end, at four
	}{
		{"Discord decides", func(*shard.Options) {}, true, 4},
		{"a fixed count", func(o *shard.Options) { o.Count = 2 }, true, 2},
		{"earlier", func(o *shard.Options) { o.RescaleAt = 1.5 }, false, 3},
		{"never", func(o *shard.Options) { o.RescaleAt = -1 }, true, 2},
		{"a fixed count and growth", func(o *shard.Options) { o.Count, o.RescaleAt = 2, 2 }, true, 4},
		{"a part of the shards", func(o *shard.Options) { o.IDs = []int{1} }, true, 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var f fleet
				var log bytes.Buffer
				var mu sync.Mutex
				d := answers(2, 16)
				m := manager(t, &f, d, c.change, func(o *shard.Options) {
					o.Logger = hclog.New(&hclog.LoggerOptions{Output: &log, Mutex: &mu})
				})
				open(t, m)
				d.say(func(d *discordAnswers) { d.answer.Shards = 3 })
				time.Sleep(4 * time.Hour)
				mu.Lock()
				warnings := strings.Count(log.String(), "more shards are recommended")
				mu.Unlock()
				if warnings > 1 || (warnings == 1) != c.warned {
					t.Errorf("%d warnings: %s", warnings, &log)
				}
				d.say(func(d *discordAnswers) { d.answer.Shards, d.err = 4, errTest })
				time.Sleep(4 * time.Hour)
				d.say(func(d *discordAnswers) { d.err = nil })
				time.Sleep(4 * time.Hour)
				if m.NumShards() != c.shards {
					t.Errorf("%d shards when twice as many are recommended, want %d", m.NumShards(), c.shards)
				}
				closeManager(t, m)
			})
		})
	}
}
