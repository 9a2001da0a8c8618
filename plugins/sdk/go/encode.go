package sdk

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Object is a JSON object to send, written without a JSON library:
//
//	sdk.Object{"content": "hello", "tts": false, "embeds": []any{sdk.Object{"title": "x"}}}
//
// A value is nil, a bool, a string, an int, int32, int64 or its unsigned
// sister, a float64, an ID, an Object, a slice of these, anything with
// MarshalJSON, or the finished text of a JSON library as a JSON or []byte.
// Fields go out in the order of their keys.
type Object map[string]any

// jsonMarshaler is encoding/json's Marshaler, which is not imported: it would
// make every guest a third larger.
type jsonMarshaler interface{ MarshalJSON() ([]byte, error) }

var errNotEncodable = errors.New("a value of this type cannot be written as JSON: use the types listed at sdk.Object, or pass sdk.JSON(text) made by a JSON library")

// appendJSON writes v as JSON at the end of b.
func appendJSON(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case string:
		return appendString(b, v), nil
	case ID:
		return append(strconv.AppendUint(append(b, '"'), uint64(v), 10), '"'), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int32:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case uint:
		return strconv.AppendUint(b, uint64(v), 10), nil
	case uint32:
		return strconv.AppendUint(b, uint64(v), 10), nil
	case uint64:
		return strconv.AppendUint(b, v, 10), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return b, errors.New("a float that is not a number or infinite has no JSON")
		}
		return strconv.AppendFloat(b, v, 'g', -1, 64), nil
	case JSON:
		if len(v) == 0 {
			return append(b, "null"...), nil
		}
		return append(b, v...), nil
	case []byte:
		return appendJSON(b, JSON(v))
	case Object:
		return appendObject(b, v)
	case map[string]any:
		return appendObject(b, v)
	case map[string]string:
		o := make(Object, len(v))
		for key, value := range v {
			o[key] = value
		}
		return appendObject(b, o)
	case []any:
		return appendArray(b, v)
	case []Object:
		return appendArray(b, v)
	case []string:
		return appendArray(b, v)
	case []ID:
		return appendArray(b, v)
	case []int:
		return appendArray(b, v)
	case []JSON:
		return appendArray(b, v)
	case jsonMarshaler:
		text, err := v.MarshalJSON()
		return append(b, text...), err
	}
	return b, errNotEncodable
}

func appendObject(b []byte, o map[string]any) ([]byte, error) {
	keys := make([]string, 0, len(o))
	for key := range o {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	b = append(b, '{')
	for i, key := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, key), ':')
		var err error
		if b, err = appendJSON(b, o[key]); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

func appendArray[T any](b []byte, items []T) ([]byte, error) {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendJSON(b, item); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// appendString writes a JSON string. What is not UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\t':
			b = append(b, '\\', 't')
		case '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
