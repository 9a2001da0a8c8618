package build

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// tempName makes an empty file beside output, under a name that no watcher of
// modules looks at.
func tempName(output string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(output), "."+filepath.Base(output)+".*.tmp")
	if err != nil {
		return "", fmt.Errorf("make a file beside the module: %w", err)
	}
	return f.Name(), f.Close()
}

// publish puts a finished module in its place in one step. A module with the
// same bytes stays as it is, so that nobody reloads it.
func publish(fresh, output string) (size int64, same bool, err error) {
	module, err := os.ReadFile(fresh)
	if err != nil {
		return 0, false, fmt.Errorf("read the module that was built: %w", err)
	}
	old, err := os.ReadFile(output)
	if err == nil && bytes.Equal(old, module) {
		return int64(len(module)), true, nil
	}
	if err := os.Chmod(fresh, 0o644); err != nil {
		return 0, false, err
	}
	if err := os.Rename(fresh, output); err != nil {
		return 0, false, fmt.Errorf("put the module in its place: %w", err)
	}
	return int64(len(module)), false, nil
}
