package store

import "fmt"

// Limits of the engines in this package.
const (
	MaxKeySize   = 32 << 10 // bytes
	MaxValueSize = 1 << 30  // bytes
)

// validate refuses what no engine could commit, before anything is queued.
func (b Batch) validate() error {
	for _, c := range b.Checks {
		if err := validateKey(c.Key); err != nil {
			return fmt.Errorf("store: check: %w", err)
		}
	}
	var written map[string]bool
	if len(b.Writes) > 1 {
		written = make(map[string]bool, len(b.Writes))
	}
	for _, w := range b.Writes {
		if err := validateKey(w.Key); err != nil {
			return fmt.Errorf("store: write: %w", err)
		}
		if len(w.Value) > MaxValueSize {
			return fmt.Errorf("store: write %q: value of %d bytes, at most %d fit", w.Key, len(w.Value), MaxValueSize)
		}
		if written == nil {
			continue
		}
		if written[w.Key] {
			return fmt.Errorf("store: write %q: the key stands twice in one batch", w.Key)
		}
		written[w.Key] = true
	}
	return nil
}

func validateKey(key string) error {
	switch {
	case key == "":
		return fmt.Errorf("the key is empty")
	case len(key) > MaxKeySize:
		return fmt.Errorf("key of %d bytes, at most %d fit", len(key), MaxKeySize)
	}
	return nil
}
