package build

import (
	"bytes"
	"testing"
)

const header = "\x00asm\x01\x00\x00\x00"

func TestWithoutDebug(t *testing.T) {
	const debug, names, types = "\x00\x0d\x0b.debug_info1", "\x00\x06\x04name!", "\x01\x01\x00"
	for _, test := range []struct{ name, module, want string }{
		{"debug information", header + types + debug + names + debug, header + types + names},
		{"nothing to leave out", header + types + names, header + types + names},
		{"cut short", header + types + debug[:5], header + types + debug[:5]},
		{"no name", header + "\x00\x00", header + "\x00\x00"},
		{"a name beyond its section", header + "\x00\x02\x7f.", header + "\x00\x02\x7f."},
		{"no module", "x", "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := withoutDebug([]byte(test.module)); string(got) != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzWithoutDebug(f *testing.F) {
	f.Add([]byte(header + "\x00\x0d\x0b.debug_info1\x01\x01\x00"))
	f.Add([]byte(header + "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, module []byte) {
		slim := withoutDebug(module)
		if len(slim) > len(module) {
			t.Errorf("it has become larger: %q of %q", slim, module)
		}
		if again := withoutDebug(slim); !bytes.Equal(again, slim) {
			t.Errorf("there was more to leave out: %q of %q", again, slim)
		}
	})
}
