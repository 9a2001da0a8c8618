package admin

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, c := range []struct {
		name, listen string
		want         string // String of the address
		complaint    string // or part of the error
	}{
		{"socket", "unix:///run/x.sock", "unix:///run/x.sock", ""},
		{"relative socket", "unix://data/x.sock", "unix://data/x.sock", ""},
		{"socket without a path", "unix://", "", "names no socket"},
		{"loopback", "127.0.0.1:9000", "127.0.0.1:9000", ""},
		{"loopback elsewhere in 127/8", "127.8.8.8:9000", "127.8.8.8:9000", ""},
		{"loopback with scheme", "tcp://[::1]:0", "[::1]:0", ""},
		{"localhost", "localhost:80", "localhost:80", ""},
		{"every interface", "0.0.0.0:80", "", "not on loopback"},
		{"no host", ":80", "", "not on loopback"},
		{"public", "192.0.2.1:80", "", "127.0.0.1:80"},
		{"a name", "example.com:80", "", "not on loopback"},
		{"no port", "127.0.0.1", "", "cannot read"},
		{"empty", "", "", "cannot read"},
		{"another scheme", "ftp://127.0.0.1:80", "", "cannot read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseAddress(c.listen)
			if c.complaint != "" {
				if err == nil || !strings.Contains(err.Error(), c.complaint) {
					t.Fatalf("got %v, %v; want an error with %q", got, err, c.complaint)
				}
				return
			}
			if err != nil || got.String() != c.want {
				t.Fatalf("got %v, %v; want %s", got, err, c.want)
			}
		})
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"unix:///x", "127.0.0.1:1", "[::1]:2", "tcp://localhost:3", "[::ffff:127.0.0.1]:4", "[fe80::1%lo]:5", ":0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, listen string) {
		a, err := parseAddress(listen)
		if err != nil {
			return
		}
		again, err := parseAddress(a.String())
		if err != nil || again != a {
			t.Fatalf("%q reads as %+v, but its own form %q as %+v, %v", listen, a, a.String(), again, err)
		}
		if a.network == "tcp" {
			if host, _, err := net.SplitHostPort(a.host); err != nil || !loopbackHost(host) && !isLoopback(host) {
				t.Fatalf("%q would listen on %q", listen, a.host)
			}
		}
	})
}

func TestSocketIsPrivate(t *testing.T) {
	listen := socket(t)
	start(t, listen, &fakeHost{})
	info, err := os.Stat(strings.TrimPrefix(listen, "unix://"))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode(); mode != os.ModeSocket|0o600 {
		t.Fatalf("mode is %v, want a socket with 0600", mode)
	}
}

func TestStaleSocketIsReplaced(t *testing.T) {
	listen := socket(t)
	path := strings.TrimPrefix(listen, "unix://")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false) // as a killed process leaves it
	dead.Close()
	start(t, listen, &fakeHost{status: sample()})
	if _, err := Dial(listen).Status(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestLiveSocketIsRefused(t *testing.T) {
	listen := socket(t)
	start(t, listen, &fakeHost{status: sample()})
	_, err := New(Options{Listen: listen}, &fakeHost{})
	if err == nil || !strings.Contains(err.Error(), "another host already listens on") {
		t.Fatalf("got %v", err)
	}
	if _, err := Dial(listen).Status(t.Context()); err != nil {
		t.Fatalf("the first host no longer answers: %v", err)
	}
}

func TestForeignFileIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := New(Options{Listen: "unix://" + path}, &fakeHost{})
	if err == nil || !strings.Contains(err.Error(), "is not a socket") {
		t.Fatalf("got %v", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "mine" {
		t.Fatalf("the file is now %q, %v", got, err)
	}
}

func TestCloseRemovesSocket(t *testing.T) {
	listen := socket(t)
	s, err := New(Options{Listen: listen}, &fakeHost{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(strings.TrimPrefix(listen, "unix://")); !os.IsNotExist(err) {
		t.Fatalf("the socket is still there: %v", err)
	}
}

// A socket's path may be longer than the system allows: then the path from
// the working directory is used where that is shorter.
func TestLongSocketPath(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, strings.Repeat("d", 60), strings.Repeat("e", 60))
	listen := "unix://" + filepath.Join(deep, "admin.sock")
	t.Chdir(root)
	_, err := New(Options{Listen: listen}, &fakeHost{})
	if err == nil || !strings.Contains(err.Error(), "systems allow 103") {
		t.Fatalf("got %v", err)
	}
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(deep)
	start(t, listen, &fakeHost{status: sample()})
	if _, err := Dial(listen).Status(t.Context()); err != nil {
		t.Fatal(err)
	}
}
