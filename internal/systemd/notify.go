// Package systemd tells systemd how a service stands: that it is ready, what it
// is doing, and that it is alive. Without systemd it does nothing.
// https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
package systemd

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// A Notifier sends messages to the service manager. The zero value sends none.
type Notifier struct {
	socket string
	every  time.Duration
}

// FromEnvironment reads where to send to, and how often systemd wants to hear
// that the process pid is alive.
func FromEnvironment(getenv func(string) string, pid int) Notifier {
	n := Notifier{socket: getenv("NOTIFY_SOCKET")}
	if usec, err := strconv.ParseUint(getenv("WATCHDOG_USEC"), 10, 62); err == nil && n.socket != "" {
		if of := getenv("WATCHDOG_PID"); of == "" || of == strconv.Itoa(pid) {
			n.every = time.Duration(usec) * time.Microsecond / 2 // as recommended
		}
	}
	return n
}

// Active tells whether there is anyone to send to.
func (n Notifier) Active() bool { return n.socket != "" }

// WatchdogEvery is how often Alive is to be sent; 0: never.
func (n Notifier) WatchdogEvery() time.Duration { return n.every }

// Ready says that the service has started, and what it is doing.
func (n Notifier) Ready(status string) error { return n.send("READY=1", "STATUS="+oneLine(status)) }

// Status says what the service is doing.
func (n Notifier) Status(status string) error { return n.send("STATUS=" + oneLine(status)) }

// Alive keeps the watchdog from restarting the service.
func (n Notifier) Alive() error { return n.send("WATCHDOG=1") }

// Stopping says that the service ends.
func (n Notifier) Stopping() error { return n.send("STOPPING=1") }

func (n Notifier) send(lines ...string) error {
	if n.socket == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.socket, Net: "unixgram"}) // "@name" is abstract, in Go too
	if err != nil {
		return fmt.Errorf("notify systemd: %w", err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(strings.Join(lines, "\n"))); err != nil {
		return fmt.Errorf("notify systemd: %w", err)
	}
	return nil
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }
