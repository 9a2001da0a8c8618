//go:build unix

package systemd

import (
	"net"
	"path/filepath"
	"testing"
	"time"
)

func TestNotify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	env := map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}
	n := FromEnvironment(func(k string) string { return env[k] }, 7)
	if !n.Active() || n.WatchdogEvery() != 15*time.Second {
		t.Errorf("%+v", n)
	}
	for _, test := range []struct {
		send func() error
		want string
	}{
		{func() error { return n.Ready("0 of 2 shards\nare ready") }, "READY=1\nSTATUS=0 of 2 shards are ready"},
		{func() error { return n.Status("x") }, "STATUS=x"},
		{n.Alive, "WATCHDOG=1"},
		{n.Stopping, "STOPPING=1"},
	} {
		if err := test.send(); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 256)
		size, err := l.Read(buf)
		if err != nil || string(buf[:size]) != test.want {
			t.Errorf("%q, %v, want %q", buf[:size], err, test.want)
		}
	}
	if other := FromEnvironment(func(k string) string { return env[k] }, 8); other.WatchdogEvery() != 0 {
		t.Error("the watchdog of another process is served")
	}
	none := FromEnvironment(func(string) string { return "" }, 7)
	if err := none.Ready(""); err != nil || none.Active() {
		t.Errorf("without systemd: %v", err)
	}
	gone := Notifier{socket: path + "x"}
	if gone.Alive() == nil {
		t.Error("nobody listens, and there is no error")
	}
}
