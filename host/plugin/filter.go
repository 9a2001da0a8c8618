package plugin

import (
	"bytes"
	"encoding/json"
	"strings"
)

// byBot tells whether the author or the user of an event is a bot.
func byBot(d []byte) bool {
	for _, key := range [...]string{"author", "user"} {
		if person := member(d, key); person != nil {
			return string(member(person, "bot")) == "true"
		}
	}
	return false
}

// contentBegins tells whether the content of a message begins with prefix.
func contentBegins(d []byte, prefix string) bool {
	content := member(d, "content")
	if len(content) < 2 || content[0] != '"' {
		return false
	}
	raw := content[1 : len(content)-1]
	if i := bytes.IndexByte(raw, '\\'); i < 0 || i >= len(prefix) {
		return bytes.HasPrefix(raw, []byte(prefix))
	}
	var text string // what is escaped stands where the prefix may
	return json.Unmarshal(content, &text) == nil && strings.HasPrefix(text, prefix)
}

// member returns the value of a key of an object as it stands there, nil when
// the object does not have it. It allocates nothing, and reads no further than
// the key.
func member(object []byte, key string) []byte {
	i := skipSpace(object, 0)
	if i >= len(object) || object[i] != '{' {
		return nil
	}
	for i++; ; i++ {
		i = skipSpace(object, i)
		start := i
		if i = skipString(object, i); i < 0 {
			return nil
		}
		name := object[start+1 : i-1]
		if i = skipSpace(object, i); i >= len(object) || object[i] != ':' {
			return nil
		}
		start = skipSpace(object, i+1)
		if i = skipValue(object, start); i < 0 {
			return nil
		}
		if string(name) == key {
			return bytes.TrimRight(object[start:i], " \t\r\n")
		}
		if i = skipSpace(object, i); i >= len(object) || object[i] != ',' {
			return nil
		}
	}
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString returns where the string that begins at i ends, -1 if none does.
func skipString(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// skipValue returns where the value that begins at i ends, -1 if it does not.
func skipValue(b []byte, i int) int {
	for depth := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			if i = skipString(b, i); i < 0 {
				return -1
			}
			if depth == 0 {
				return i
			}
			i--
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // the end of a number, true, false or null
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}
