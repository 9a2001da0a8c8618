package discordtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// An object is a JSON object whose keys keep their order, as Discord's do: a
// client that finds an id by its place is to be tested with the real places.
type object []field

type field struct {
	key   string
	value json.RawMessage
}

// parseObject reads one JSON object and nothing behind it.
func parseObject(data []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	start, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if start != json.Delim('{') {
		return nil, fmt.Errorf("expected a JSON object, found %v", start)
	}
	var o object
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		o.set(key.(string), value)
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if dec.More() {
		return nil, fmt.Errorf("expected one JSON object, found more behind it")
	}
	return o, nil
}

// get returns the value of a key, nil if there is none.
func (o object) get(key string) json.RawMessage {
	for _, f := range o {
		if f.key == key {
			return f.value
		}
	}
	return nil
}

// has tells whether the key is there with a value other than null.
func (o object) has(key string) bool {
	v := o.get(key)
	return v != nil && string(v) != "null"
}

// set gives a key its value, at its old place or at the end.
func (o *object) set(key string, value json.RawMessage) {
	for i, f := range *o {
		if f.key == key {
			(*o)[i].value = value
			return
		}
	}
	*o = append(*o, field{key, value})
}

// put sets a key to the JSON form of v, which must have one.
func (o *object) put(key string, v any) { o.set(key, encode(v)) }

// drop takes a key out.
func (o *object) drop(key string) {
	*o = slices.DeleteFunc(*o, func(f field) bool { return f.key == key })
}

// MarshalJSON writes the fields in order.
func (o object) MarshalJSON() ([]byte, error) { return o.bytes(), nil }

func (o object) bytes() []byte {
	size := 2
	for _, f := range o {
		size += len(f.key) + len(f.value) + 4
	}
	b := append(make([]byte, 0, size), '{')
	for i, f := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, encode(f.key)...)
		b = append(b, ':')
		b = append(b, f.value...)
	}
	return append(b, '}')
}

// encode returns the JSON form of a value that has one, without escaping for
// HTML, as Discord does not either.
func encode(v any) json.RawMessage {
	if o, isObject := v.(object); isObject {
		return o.bytes() // a large guild is not read once more to be compacted
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("discordtest: a value without a JSON form: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
