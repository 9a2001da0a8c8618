//go:build linux || darwin

package doctor

import "golang.org/x/sys/unix"

// freeSpace is how many bytes may still be written below dir.
func freeSpace(dir string) (n uint64, known bool) {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
