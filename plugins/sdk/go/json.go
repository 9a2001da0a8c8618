package sdk

import (
	"iter"
	"strconv"

	"github.com/shardhost/shardhost/abi/scan"
)

// JSON is one JSON value as text, read where it is asked and nowhere else: no
// tree is built and nothing is copied but the strings taken out of it. It is
// how the SDK shows events, configuration and answers.
//
// A step that leads nowhere gives the empty JSON, whose every reading is the
// zero value, so that
//
//	e.Data.Get("member", "user", "id").ID()
//
// needs no check on its way. Text that is not JSON gives zero values too, and
// never a panic. To fill structs, hand the text to a JSON library of your
// choice: json.Unmarshal(e.Data, &v).
type JSON []byte

// Exists tells whether the value is there. null is there.
func (j JSON) Exists() bool { return len(j) != 0 }

// IsNull tells whether the value is null.
func (j JSON) IsNull() bool { return string(j.trim()) == "null" }

// Clone returns a copy that may be kept.
func (j JSON) Clone() JSON { return append(JSON(nil), j...) }

// MarshalJSON returns the value itself, or null when it is empty, so that a
// JSON may stand in a struct given to encoding/json.
func (j JSON) MarshalJSON() ([]byte, error) {
	if len(j) == 0 {
		return []byte("null"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps a copy of the value.
func (j *JSON) UnmarshalJSON(text []byte) error {
	*j = append((*j)[:0], text...)
	return nil
}

// Get goes down into objects, one key after the other. Of a key that stands
// twice in an object the first counts.
func (j JSON) Get(path ...string) JSON {
	for _, want := range path {
		s := scan.Scanner{Text: j}
		var found JSON
		for s.NextField() {
			if s.KeyIs(want) {
				found = s.Value
				break
			}
		}
		if found == nil {
			return nil
		}
		j = found
	}
	return j
}

// Index returns element i of an array, counted from 0.
func (j JSON) Index(i int) JSON {
	s := scan.Scanner{Text: j}
	for s.NextItem() {
		if i == 0 {
			return s.Value
		}
		i--
	}
	return nil
}

// Len returns the number of elements of an array or of fields of an object,
// and 0 for anything else.
func (j JSON) Len() int {
	n := 0
	s := scan.Scanner{Text: j}
	if text := j.trim(); len(text) > 0 && text[0] == '{' {
		for s.NextField() {
			n++
		}
		return n
	}
	for s.NextItem() {
		n++
	}
	return n
}

// Items goes through the elements of an array.
func (j JSON) Items() iter.Seq[JSON] {
	return func(yield func(JSON) bool) {
		s := scan.Scanner{Text: j}
		for s.NextItem() {
			if !yield(s.Value) {
				return
			}
		}
	}
}

// Fields goes through the fields of an object in the order of the text.
func (j JSON) Fields() iter.Seq2[string, JSON] {
	return func(yield func(string, JSON) bool) {
		s := scan.Scanner{Text: j}
		for s.NextField() {
			if !yield(scan.Unquote(s.Key), s.Value) {
				return
			}
		}
	}
}

// String returns the text of a string with its escapes resolved, and any other
// value as it is written. null and nothing are "".
func (j JSON) String() string {
	j = j.trim()
	if len(j) >= 2 && j[0] == '"' {
		return scan.Unquote(j[1 : len(j)-1])
	}
	if string(j) == "null" {
		return ""
	}
	return string(j)
}

// Bool tells whether the value is true.
func (j JSON) Bool() bool { return string(j.trim()) == "true" }

// Int returns a whole number, which may be written as a string. What is not
// one, or does not fit, is 0.
func (j JSON) Int() int64 {
	n, err := strconv.ParseInt(string(j.digits()), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Float returns a number, which may be written as a string. What is not one,
// or does not fit, is 0.
func (j JSON) Float() float64 {
	f, err := strconv.ParseFloat(string(j.digits()), 64)
	if err != nil {
		return 0
	}
	return f
}

// ID returns an id, which Discord writes as a string of digits. What is not
// one is 0.
func (j JSON) ID() ID { return parseID(j.digits()) }

// digits is the value without its quotes.
func (j JSON) digits() []byte {
	j = j.trim()
	if len(j) >= 2 && j[0] == '"' {
		return j[1 : len(j)-1]
	}
	return j
}

// trim removes white space around the value.
func (j JSON) trim() JSON {
	for len(j) > 0 && j[0] <= ' ' {
		j = j[1:]
	}
	for len(j) > 0 && j[len(j)-1] <= ' ' {
		j = j[:len(j)-1]
	}
	return j
}
