package dev

import (
	"strings"
	"testing"
)

func TestListen(t *testing.T) {
	taken, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct{ name, addr, want string }{
		{"asked for and taken", taken.Addr().String(), "address already in use"},
		{"every interface", "0.0.0.0:0", "not on loopback"},
		{"no host", ":0", "not on loopback"},
		{"a name", "example.com:80", "not on loopback"},
		{"no port", "127.0.0.1", "write 127.0.0.1:PORT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := listen(c.addr)
			if err == nil {
				l.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
		})
	}
}

// Two at once: the second takes another port.
func TestListenDefault(t *testing.T) {
	first, err := listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if a, b := first.Addr().String(), second.Addr().String(); a == b || b == DefaultListen {
		t.Fatalf("the pages are at %s and %s", a, b)
	}
}
