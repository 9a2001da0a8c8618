package binary

import "strings"

// Split takes the custom sections whose names begin with prefix out of a module,
// the first of each name. code is the module without any of them; it is b itself
// where there are none, or where b is no module.
func Split(b []byte, prefix string) (code []byte, sections map[string][]byte) {
	if header(b) != nil {
		return b, nil
	}
	r := NewReader(b, 0)
	code = append(code, r.Bytes(8)...)
	for r.More() {
		start := r.Offset()
		id, size := r.Byte(), r.U32()
		if r.err != nil || int64(size) > int64(r.Left()) {
			return b, nil
		}
		data := r.Bytes(int(size))
		if id == SectionCustom {
			c := NewReader(data, 0)
			name := c.Name()
			if c.err == nil && strings.HasPrefix(name, prefix) {
				if sections == nil {
					sections = map[string][]byte{}
				}
				if _, doubled := sections[name]; !doubled {
					sections[name] = append([]byte(nil), data[c.pos:]...)
				}
				continue
			}
		}
		code = append(code, b[start:r.Offset()]...)
	}
	if sections == nil {
		return b, nil
	}
	return code, sections
}
