package plugin

import (
	"fmt"
	"maps"
	"slices"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/index"
)

// fields are what a generation's guests have asked for in their manifest. The
// table of a frame is made when the frame is given, and kept nowhere.
type fields struct {
	paths map[string]*index.Paths // by the name of the event
	most  int                     // bytes of the longest table
}

// newFields makes the paths of a manifest ready. What is wrong with them is an
// error of the author's, which the guest itself would never notice.
func newFields(wanted map[string][]string) (all fields, err error) {
	if len(wanted) > abi.MaxFieldEvents {
		return all, fmt.Errorf("its manifest asks for fields of %d events; at most %d", len(wanted), abi.MaxFieldEvents)
	}
	all.paths = make(map[string]*index.Paths, len(wanted))
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if len(wanted[name]) == 0 {
			continue
		}
		paths, err := index.Compile(wanted[name])
		if err != nil {
			return all, fmt.Errorf("its manifest asks for fields of %s: %w", name, err)
		}
		all.paths[name] = paths
		all.most = max(all.most, paths.Size())
	}
	return all, nil
}

// table returns the table of a frame, in the memory of the one before; nil where
// the guest has not asked for any.
func (a *fields) table(f *abi.Frame, room []byte) []byte {
	if a.most == 0 || f.Kind != abi.KindEvent {
		return nil
	}
	paths := a.paths[string(f.Name)]
	if paths == nil {
		return nil
	}
	return paths.Append(room[:0], f.Body)
}
