// Books keeps a record for each guild: how many messages were handled, the id of
// the last, how many came again and how many behind a later one. What it does
// wrong, and when, is told by its configuration.
package main

import (
	"encoding/binary"
	"errors"
	"os"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

var (
	frames uint64   // that this guest and those before it have handled
	own    uint64   // that this guest has been given
	hoard  [][]byte // what is never let go
)

func init() {
	sdk.OnStart(func(c *sdk.Ctx) error {
		if c.Config().Get("fault").String() == "init" {
			os.Exit(3)
		}
		return nil
	})
	sdk.OnSave(1, func(*sdk.Ctx) ([]byte, error) { return binary.LittleEndian.AppendUint64(nil, frames), nil })
	sdk.OnLoad(func(c *sdk.Ctx, _ int32, state []byte) error {
		if c.Config().Get("fault").String() == "load" {
			os.Exit(3)
		}
		frames = binary.LittleEndian.Uint64(state)
		return nil
	})
	sdk.On("MESSAGE_CREATE", func(c *sdk.Ctx, e *sdk.Event) error {
		frames, own = frames+1, own+1
		if own > 100 {
			misbehave(c.Config().Get("fault").String())
		}
		return book(c, e)
	})
}

func misbehave(how string) {
	switch how {
	case "trap":
		os.Exit(3)
	case "loop":
		for {
			own++
		}
	case "grow":
		for {
			hoard = append(hoard, make([]byte, 1<<20))
		}
	}
}

func book(c *sdk.Ctx, e *sdk.Event) error {
	id := sdk.ParseID(e.Data.Get("id").String())
	key := c.Guild().String()
	text, err := c.KV().Get(key)
	if err != nil && !errors.Is(err, sdk.ErrNotFound) {
		return err
	}
	record := make([]byte, 32) // handled, last, doubled, reordered
	copy(record, text)
	n := func(i int) uint64 { return binary.LittleEndian.Uint64(record[8*i:]) }
	set := func(i int, v uint64) { binary.LittleEndian.PutUint64(record[8*i:], v) }
	switch last := n(1); {
	case uint64(id) == last:
		set(2, n(2)+1)
	case uint64(id) < last:
		set(3, n(3)+1)
	}
	set(0, n(0)+1)
	set(1, uint64(id))
	return c.KV().Put(key, string(record))
}

func main() {}
