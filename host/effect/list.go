package effect

import (
	"context"
	"slices"
	"strings"
)

// keys are the next keys of a prefix as the handler sees them: what is
// committed, without what its batch deleted, with what its batch added.
func (r *Recorder) keys(prefix, after string) ([]string, error) {
	for {
		committed, err := r.env.Space.List(context.Background(), prefix, after, maxList)
		if err != nil {
			return nil, err
		}
		more := len(committed) == maxList
		last := ""
		if more {
			last = committed[len(committed)-1]
		}
		keys := slices.DeleteFunc(committed, func(k string) bool { return r.pending[k].deleted })
		for key, p := range r.pending {
			inRange := key > after && strings.HasPrefix(key, prefix) && (!more || key < last)
			if inRange && !p.deleted {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		keys = slices.Compact(keys)
		if len(keys) > 0 || !more {
			return keys, nil
		}
		after = last
	}
}
