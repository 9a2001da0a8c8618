package gateway

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/bits"
	"strconv"
	"unicode/utf8"

	"github.com/shardhost/shardhost/discord"
)

// An envelope is what a message says around its body. Slices alias the message.
type envelope struct {
	op   discord.Opcode
	seq  int64  // s; none: null or absent
	name []byte // t; empty: null or absent
	data []byte // d as it came; nil: absent
}

// none is a sequence that nothing has.
const none = -1

var errNotEnvelope = errors.New("not a gateway message")

// head reads a message whose keys come in the order t, s, op, d without white
// space, as Discord writes them. at is where d begins; ok is false when the
// message must be read by parse.
//
// Nothing behind at was looked at: whether d is one value and the last is for
// body to say.
func (e *envelope) head(msg []byte) (at int, ok bool) {
	const tKey, sKey, opKey, dKey = `{"t":`, `,"s":`, `,"op":`, `,"d":`
	if !hasAt(msg, 0, tKey) {
		return 0, false
	}
	i := len(tKey)
	e.name = nil
	switch {
	case hasAt(msg, i, `"`):
		i++
		end := i
		for end < len(msg) && isNameByte(msg[end]) {
			end++
		}
		if !hasAt(msg, end, `"`) {
			return 0, false
		}
		e.name, i = msg[i:end], end+1
	case hasAt(msg, i, "null"):
		i += len("null")
	default:
		return 0, false
	}
	if !hasAt(msg, i, sKey) {
		return 0, false
	}
	i += len(sKey)
	if hasAt(msg, i, "null") {
		e.seq, i = none, i+len("null")
	} else if e.seq, i, ok = digits(msg, i); !ok {
		return 0, false
	}
	if !hasAt(msg, i, opKey) {
		return 0, false
	}
	op, i, ok := digits(msg, i+len(opKey))
	if !ok || !hasAt(msg, i, dKey) {
		return 0, false
	}
	e.op = discord.Opcode(op)
	return i + len(dKey), true
}

func hasAt(msg []byte, at int, s string) bool {
	return len(msg)-at >= len(s) && string(msg[at:at+len(s)]) == s
}

func isNameByte(c byte) bool { return c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9' }

// digits reads a JSON integer that is not negative and has at most 18 digits.
func digits(msg []byte, at int) (n int64, end int, ok bool) {
	end = at
	for end < len(msg) && msg[end]-'0' <= 9 {
		n = n*10 + int64(msg[end]-'0')
		end++
	}
	size := end - at
	if size == 0 || size > 18 || size > 1 && msg[at] == '0' {
		return 0, at, false
	}
	return n, end, true
}

// body reads d, which begins at msg[at] behind a head: it finds the end and the
// guild's id, and tells with ok false that d is not the last key, or that the
// message is broken.
func (e *envelope) body(msg []byte, at int, path discord.GuildPath) (guild discord.GuildID, ok bool) {
	guild, end := findGuild(msg, at, path)
	if end < 0 {
		return 0, false
	}
	e.data = msg[at:end]
	if end == len(msg)-1 && msg[end] == '}' {
		return guild, true
	}
	if end = space(msg, end); end >= len(msg) || msg[end] != '}' || space(msg, end+1) != len(msg) {
		return 0, false
	}
	return guild, true
}

// parse reads a message in any order of keys. Of a key that comes twice the
// last one counts, as with encoding/json; unknown keys are skipped.
func (e *envelope) parse(msg []byte) error {
	*e = envelope{op: -1, seq: none}
	i := space(msg, 0)
	if i >= len(msg) || msg[i] != '{' {
		return errNotEnvelope
	}
	i = space(msg, i+1)
	if hasAt(msg, i, "}") {
		return errors.New("no op")
	}
	var op, seq, name []byte
	for {
		key, colon := stringAt(msg, i)
		if colon < 0 {
			return errNotEnvelope
		}
		colon = space(msg, colon)
		if !hasAt(msg, colon, ":") {
			return errNotEnvelope
		}
		start := space(msg, colon+1)
		end := skip(msg, start)
		if end < 0 {
			return errNotEnvelope
		}
		switch string(unquote(key)) {
		case "op":
			op = msg[start:end]
		case "s":
			seq = msg[start:end]
		case "t":
			name = msg[start:end]
		case "d":
			e.data = msg[start:end]
		}
		i = space(msg, end)
		if hasAt(msg, i, "}") {
			break
		}
		if !hasAt(msg, i, ",") {
			return errNotEnvelope
		}
		i = space(msg, i+1)
	}
	if space(msg, i+1) != len(msg) {
		return errNotEnvelope
	}
	return e.fields(op, seq, name)
}

// fields decodes the values of op, s and t.
func (e *envelope) fields(op, seq, name []byte) error {
	if op == nil || string(op) == "null" {
		return errors.New("no op")
	}
	n, err := strconv.ParseInt(string(op), 10, 32)
	if err != nil {
		return errors.New("op is not a number")
	}
	e.op = discord.Opcode(n)
	if seq != nil && string(seq) != "null" {
		if e.seq, err = strconv.ParseInt(string(seq), 10, 64); err != nil {
			return errors.New("s is not a number")
		}
	}
	if name != nil && string(name) != "null" {
		text, end := stringAt(name, 0)
		if end != len(name) {
			return errors.New("t is not a string")
		}
		e.name = unquote(text)
	}
	return nil
}

// findGuild skips the value at msg[at] and finds the guild's id on the way:
// at the top level of d, never in an object inside, where message_reference and
// others have a guild_id of their own. end is negative when the value is broken.
func findGuild(msg []byte, at int, path discord.GuildPath) (guild discord.GuildID, end int) {
	if path == discord.GuildPathNone || at >= len(msg) || msg[at] != '{' {
		return 0, skip(msg, at)
	}
	want := "guild_id"
	switch path {
	case discord.GuildPathID:
		want = "id"
	case discord.GuildPathMeta:
		want = "meta"
	}
	i := space(msg, at+1)
	if hasAt(msg, i, "}") {
		return 0, i + 1
	}
	for {
		key, colon := stringAt(msg, i)
		if colon < 0 {
			return 0, -1
		}
		colon = space(msg, colon)
		if !hasAt(msg, colon, ":") {
			return 0, -1
		}
		start := space(msg, colon+1)
		if string(key) == want || bytes.IndexByte(key, '\\') >= 0 && string(unquote(key)) == want {
			if path == discord.GuildPathMeta {
				guild, end = findGuild(msg, start, discord.GuildPathGuildID)
			} else {
				end = skip(msg, start)
				guild = snowflake(msg, start, end)
			}
		} else {
			end = skip(msg, start)
		}
		if end < 0 {
			return 0, -1
		}
		i = space(msg, end)
		if hasAt(msg, i, "}") {
			return guild, i + 1
		}
		if !hasAt(msg, i, ",") {
			return 0, -1
		}
		i = space(msg, i+1)
	}
}

// snowflake reads an id, a string of digits or a number; anything else is 0.
func snowflake(msg []byte, start, end int) discord.GuildID {
	if end < 0 {
		return 0
	}
	text := msg[start:end]
	if len(text) >= 2 && text[0] == '"' {
		text = unquote(text[1 : len(text)-1])
	}
	var id uint64
	if len(text) == 0 || len(text) > 20 {
		return 0
	}
	for _, c := range text {
		d := c - '0'
		if d > 9 || id > (^uint64(0)-uint64(d))/10 {
			return 0
		}
		id = id*10 + uint64(d)
	}
	return discord.GuildID(id)
}

// Kinds of bytes that end the plain part of a value.
const (
	plainByte = iota
	quoteByte
	openByte
	closeByte
)

var byteKinds = [256]uint8{'"': quoteByte, '{': openByte, '[': openByte, '}': closeByte, ']': closeByte}

// skip returns the index behind the value at msg[at], or a negative number. It
// looks at quotes and brackets only: that a value is well formed inside is for
// those who decode it.
func skip(msg []byte, at int) int {
	if at >= len(msg) {
		return -1
	}
	switch byteKinds[msg[at]] {
	case quoteByte:
		return skipString(msg, at)
	case closeByte:
		return -1
	case plainByte:
		end := at
		for end < len(msg) && isScalar(msg[end]) {
			end++
		}
		if end == at {
			return -1
		}
		return end
	}
	depth := 0
	for i := at; i < len(msg); i++ {
		switch byteKinds[msg[i]] {
		case quoteByte:
			if i = skipString(msg, i) - 1; i < 0 {
				return -1
			}
		case openByte:
			depth++
		case closeByte:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// isScalar tells whether c can be part of a number, true, false or null.
func isScalar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'E'
}

// skipString returns the index behind the string whose quote is msg[at], or a
// negative number. It looks at eight bytes at a time: most of a body is text.
func skipString(msg []byte, at int) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for i := at + 1; i < len(msg); {
		if len(msg)-i >= 8 {
			word := binary.LittleEndian.Uint64(msg[i:])
			quote, slash := word^ones*'"', word^ones*'\\'
			// The lowest byte that was zero has its top bit set here.
			hit := ((quote-ones)&^quote | (slash-ones)&^slash) & tops
			if hit == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(hit) / 8
		}
		switch msg[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
		i++
	}
	return -1
}

// stringAt returns what stands between the quotes of the string at msg[at], and
// the index behind it, or a negative number.
func stringAt(msg []byte, at int) (text []byte, end int) {
	if at >= len(msg) || msg[at] != '"' {
		return nil, -1
	}
	if end = skipString(msg, at); end < 0 {
		return nil, -1
	}
	return msg[at+1 : end-1], end
}

// unquote resolves escapes and replaces what is not UTF-8, as encoding/json
// does; text that needs neither is returned as it is.
func unquote(text []byte) []byte {
	if bytes.IndexByte(text, '\\') < 0 && utf8.Valid(text) {
		return text
	}
	quoted := make([]byte, 0, len(text)+2)
	quoted = append(append(append(quoted, '"'), text...), '"')
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return text
	}
	return []byte(s)
}

// space returns the index of the first byte from at that is not white space.
func space(msg []byte, at int) int {
	for at < len(msg) && (msg[at] == ' ' || msg[at] == '\n' || msg[at] == '\t' || msg[at] == '\r') {
		at++
	}
	return at
}
