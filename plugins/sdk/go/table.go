package sdk

import (
	"errors"
	"iter"
	"strings"
	"time"
)

// Table keeps values of one type in the plugin's store, each under the table's
// prefix and a key:
//
//	var warnings = sdk.NewTable[Warning]("warning/", json.Marshal, json.Unmarshal)
//
//	err := warnings.Update(c, m.Author.ID.String(), func(w *Warning) error {
//		w.Count++
//		return nil
//	})
//
// Like all of the store it needs the grant kv.
type Table[T any] struct {
	prefix    string
	marshal   func(any) ([]byte, error)
	unmarshal func([]byte, any) error
}

// NewTable makes a table. The functions may be those of encoding/json, or of any
// library of that form.
func NewTable[T any](prefix string, marshal func(any) ([]byte, error), unmarshal func([]byte, any) error) Table[T] {
	return Table[T]{prefix, marshal, unmarshal}
}

// Get returns the value of a key, or ErrNotFound.
func (t Table[T]) Get(c *Ctx, key string) (v T, err error) {
	text, err := c.KV().Get(t.prefix + key)
	if err != nil {
		return v, err
	}
	return v, t.wrap(key, t.unmarshal([]byte(text), &v))
}

// Put sets the value of a key, with a ttl other than 0 for that long.
func (t Table[T]) Put(c *Ctx, key string, v T, ttl time.Duration) error {
	text, err := t.marshal(v)
	if err != nil {
		return t.wrap(key, err)
	}
	return c.KV().PutFor(t.prefix+key, string(text), ttl)
}

// Update lets change have the value of a key, the zero value where there is
// none, and keeps what it makes of it. When another lane changes the key at the
// same time, the host lets the handler begin anew.
func (t Table[T]) Update(c *Ctx, key string, change func(v *T) error) error {
	version, err := c.KV().Version(t.prefix + key)
	var v T
	switch {
	case errors.Is(err, ErrNotFound):
		version = 0
	case err != nil:
		return err
	default:
		if v, err = t.Get(c, key); err != nil {
			return err
		}
	}
	if err := change(&v); err != nil {
		return err
	}
	text, err := t.marshal(v)
	if err != nil {
		return t.wrap(key, err)
	}
	return c.KV().Swap(t.prefix+key, version, string(text), 0)
}

// Delete removes a key. That it was not there is no error.
func (t Table[T]) Delete(c *Ctx, key string) error { return c.KV().Delete(t.prefix + key) }

// Keys goes through the table's keys, in the order of their bytes. An error ends
// the walk with an empty key.
func (t Table[T]) Keys(c *Ctx) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for key, err := range c.KV().Keys(t.prefix) {
			if !yield(strings.TrimPrefix(key, t.prefix), err) {
				return
			}
		}
	}
}

func (t Table[T]) wrap(key string, err error) error {
	if err == nil {
		return nil
	}
	return errors.New("the value of " + t.prefix + key + ": " + err.Error())
}
