package dev

import (
	"fmt"
	"testing"
)

func TestFeed(t *testing.T) {
	f := &feed{}
	f.publish("message", "nobody listens")
	a, leaveA := f.subscribe()
	b, leaveB := f.subscribe()
	f.publish("message", 1)
	leaveB()
	f.publish("message", 2)
	for i, want := range []string{"1", "2"} {
		if it := <-a; it.name != "message" || string(it.data) != want {
			t.Errorf("item %d is %s %s, want message %s", i, it.name, it.data, want)
		}
	}
	if it := <-b; string(it.data) != "1" {
		t.Errorf("got %s", it.data)
	}
	if len(b) != 0 {
		t.Errorf("%d items came after leaving", len(b))
	}
	leaveA()
}

// A page that does not read must not hold up the host: it is cut off.
func TestFeedCutsOffSlowReader(t *testing.T) {
	f := &feed{}
	slow, leave := f.subscribe()
	defer leave()
	for i := range feedDepth + 10 {
		f.publish("log", fmt.Sprint(i))
	}
	n := 0
	for range slow {
		n++
	}
	if n != feedDepth {
		t.Errorf("%d items before the end, want %d", n, feedDepth)
	}
}
