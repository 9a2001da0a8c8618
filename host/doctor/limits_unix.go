//go:build unix

package doctor

import "golang.org/x/sys/unix"

// openFiles is how many files a process may open; Go raises it to the hard limit
// by itself.
func openFiles() (n uint64, known bool) {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 0, false
	}
	return uint64(l.Max), true
}
