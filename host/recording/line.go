package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/internal/redact"
)

// A Line is a frame as people read and write it. Which keys it has follows from
// its kind; what a person leaves out has a good default.
type Line struct {
	Kind     string          `json:"kind"`               // event, completion, timer, control, message
	Event    string          `json:"event,omitempty"`    // event: its name
	Sequence *uint64         `json:"sequence,omitempty"` // event
	Tag      *Number         `json:"tag,omitempty"`      // completion, timer: the guest's own
	Status   *int32          `json:"status,omitempty"`   // completion: HTTP status or a negative code
	Guild    Number          `json:"guild,omitempty"`
	Shard    uint16          `json:"shard"`
	Received time.Time       `json:"received,omitzero"`
	Flags    []string        `json:"flags,omitempty"` // redelivered replayed earlier
	Name     string          `json:"name,omitempty"`  // completion: the guest's context; control, message: what it is about
	Body     json.RawMessage `json:"body,omitempty"`
	Text     string          `json:"text,omitempty"` // the body where that is no JSON
}

// A Number is an unsigned number that programs may not be able to keep as one:
// it is written as a string, and read as either.
type Number uint64

// MarshalJSON writes it as a string.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(`"` + n.String() + `"`), nil }

func (n Number) String() string { return strconv.FormatUint(uint64(n), 10) }

// UnmarshalJSON reads a string or a number.
func (n *Number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseUint(strings.Trim(string(b), `"`), 10, 64)
	if err != nil {
		return fmt.Errorf("%s is not a number from 0 to %d", b, uint64(1<<64-1))
	}
	*n = Number(v)
	return nil
}

var flagNames = []struct {
	flag abi.Flags
	name string
}{{abi.FlagRedelivered, "redelivered"}, {abi.FlagReplayed, "replayed"}, {abi.FlagEarlier, "earlier"}}

// NewLine describes a frame. It shares no memory with it.
func NewLine(f *abi.Frame) Line {
	l := Line{Kind: f.Kind.String(), Guild: Number(f.Guild), Shard: f.Shard}
	if f.Received != 0 {
		l.Received = time.Unix(0, f.Received).UTC()
	}
	tag := Number(f.Tag)
	switch f.Kind {
	case abi.KindEvent:
		sequence := f.Tag
		l.Event, l.Sequence = text(f.Name), &sequence
	case abi.KindCompletion:
		status := f.Status
		l.Tag, l.Status, l.Name = &tag, &status, text(f.Name)
	case abi.KindTimer:
		l.Tag = &tag
	default:
		l.Name = text(f.Name)
	}
	for _, known := range flagNames {
		if f.Flags&known.flag != 0 {
			l.Flags = append(l.Flags, known.name)
		}
	}
	switch {
	case len(f.Body) == 0:
	case json.Valid(f.Body):
		var compact bytes.Buffer
		if json.Compact(&compact, f.Body) == nil { // it is valid
			l.Body = compact.Bytes()
		}
	default:
		l.Text = text(f.Body)
	}
	return l
}

// text makes bytes fit for JSON.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return strconv.QuoteToASCII(string(b))
}

// Frame is the line as a frame.
func (l *Line) Frame() (abi.Frame, error) {
	f := abi.Frame{Event: abi.UnknownEvent, Guild: uint64(l.Guild), Shard: l.Shard, Body: l.Body, Name: []byte(l.Name)}
	if l.Text != "" {
		if l.Body != nil {
			return f, errors.New(`"body" and "text" exclude each other`)
		}
		f.Body = []byte(l.Text)
	}
	if !l.Received.IsZero() {
		f.Received = l.Received.UnixNano()
	}
	if l.Tag != nil {
		f.Tag = uint64(*l.Tag)
	}
	switch l.Kind {
	case "event", "":
		if err := l.event(&f); err != nil {
			return f, err
		}
	case "completion":
		f.Kind = abi.KindCompletion
		if l.Status == nil {
			return f, errors.New(`a completion has a "status", such as 200`)
		}
		f.Status = *l.Status
	case "timer":
		f.Kind = abi.KindTimer
	case "control":
		f.Kind = abi.KindControl
	case "message":
		f.Kind = abi.KindMessage
	default:
		return f, fmt.Errorf("there is no frame of kind %q: it is event, completion, timer, control or message", l.Kind)
	}
	for _, name := range l.Flags {
		flag := abi.Flags(0)
		for _, known := range flagNames {
			if known.name == name {
				flag = known.flag
			}
		}
		if flag == 0 {
			return f, fmt.Errorf("there is no flag %q: it is redelivered, replayed or earlier", name)
		}
		f.Flags |= flag
	}
	return f, nil
}

// event fills in what an event has.
func (l *Line) event(f *abi.Frame) error {
	f.Kind = abi.KindEvent
	if l.Event == "" {
		return errors.New(`an event has an "event", such as "MESSAGE_CREATE"`)
	}
	f.Name = []byte(l.Event)
	if l.Sequence != nil {
		f.Tag = *l.Sequence
	}
	t := discord.ParseEvent(l.Event)
	if t.Known() {
		f.Event = uint16(t)
	}
	if f.Guild == 0 && len(f.Body) > 0 { // as a shard finds it
		var d struct {
			ID    json.RawMessage `json:"id"`
			Guild json.RawMessage `json:"guild_id"`
		}
		if json.Unmarshal(f.Body, &d) == nil {
			id := d.Guild
			if t.Known() && t.GuildPath().String() == "id" {
				id = d.ID
			}
			if n, err := strconv.ParseUint(strings.Trim(string(id), `"`), 10, 64); err == nil {
				f.Guild = n
			}
		}
	}
	return nil
}

// ReadLine reads a line that a person wrote. A key that it does not know is an
// error.
func ReadLine(doc []byte) (Line, error) {
	var l Line
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return l, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return l, errors.New("something follows the frame: a frame is one JSON object on one line")
	}
	return l, nil
}

// secrets are keys that nobody gets to see: whoever knows the token of an
// interaction can answer it.
func secrets() []string { return []string{"token"} }

// Redact masks in a frame the values of the given keys, and in any case what is
// a secret. The body is replaced, not changed.
func Redact(f *abi.Frame, keys []string) {
	f.Body = redact.Body(f.Body, append(secrets(), keys...))
	if f.Kind == abi.KindCompletion && json.Valid(f.Name) {
		f.Name = redact.Body(f.Name, append(secrets(), keys...))
	}
}
