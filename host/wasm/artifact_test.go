package wasm

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/host/wasm/meter"
)

// The cache is shortened at the next start too: by what was not used since, not
// by what was made first.
func TestTrimKeepsWhatIsUsed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	folder := func(b []byte) string { return filepath.Join(dir, artifactName(b, meter.Options{})) }
	used, unused := conformance.Echo(), conformance.Silent()
	e := newEngine(t, Options{CacheDir: dir})
	for _, b := range [][]byte{used, unused} {
		m, err := e.Compile(t.Context(), b, ModuleConfig{Name: "p", Functions: testFunctions})
		if err := errors.Join(err, m.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(folder(used), long, long); err != nil {
		t.Fatal(err)
	}
	again := newEngine(t, Options{CacheDir: dir})
	m := compile(t, again, used, ModuleConfig{Name: "p", Functions: testFunctions})
	if st, err := os.Stat(folder(used)); err != nil || !st.ModTime().After(long) {
		t.Errorf("its use has not been noted: %v", err)
	}
	again.Trim(0)
	if _, err := os.Stat(folder(used)); err != nil {
		t.Errorf("what is open is gone: %v", err)
	}
	if _, err := os.Stat(folder(unused)); err == nil {
		t.Error("what nobody uses is still there")
	}
	if err := m.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	again.Trim(0)
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}
