package plugin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/wasm"
)

// Outcome is what a plugin did with one frame of a Rehearsal.
type Outcome struct {
	Number  int       `json:"frame"` // from 1; 0 is the start
	Name    string    `json:"name"`  // the event's, or completion, timer
	Status  string    `json:"status"`
	Error   string    `json:"error,omitempty"`
	Stack   string    `json:"stack,omitempty"`   // the guest's frames, innermost first, one a line
	Printed string    `json:"printed,omitempty"` // its last lines before it trapped
	Effects []Action  `json:"effects,omitempty"` // in their order
	Ends    []End     `json:"ends,omitempty"`    // of frames whose handlers waited for what this one brought
	Log     []LogLine `json:"log,omitempty"`

	died bool
}

// End is the end of a handler that waited for answers. What it did is among the
// effects of the frame that it ended with.
type End struct {
	Frame int    `json:"frame"`
	Error string `json:"error,omitempty"` // why it failed: its effects do not take place
}

// What can become of a frame.
const (
	Handled  = "handled"
	Failed   = "failed"   // its effects do not take place
	Waiting  = "waits"    // its handler waits for answers, and its effects take place when it ends
	Unwanted = "unwanted" // the plugin does not subscribe to it, or filters it out
)

// Action is one thing that a handler asked for.
type Action struct {
	Kind    string          `json:"kind"`
	Key     string          `json:"key,omitempty"`   // or the topic
	Value   string          `json:"value,omitempty"` // where it is not text: quoted
	Add     int64           `json:"add,omitempty"`
	Expires time.Duration   `json:"expires_in,omitempty"` // nanoseconds from the frame
	Checked bool            `json:"checked,omitempty"`    // a compare-and-swap
	Tag     uint64          `json:"tag,omitempty,string"`
	Delay   time.Duration   `json:"delay,omitempty"` // nanoseconds
	Period  time.Duration   `json:"period,omitempty"`
	Method  string          `json:"method,omitempty"`
	Path    string          `json:"path,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	Op      int             `json:"op,omitempty"`
	Shard   int             `json:"shard,omitempty"`
	Body    json.RawMessage `json:"body,omitempty"`
	Pending bool            `json:"pending,omitempty"` // somebody waits for the answer
}

// fail notes why a frame was not handled.
func (o *Outcome) fail(err error) {
	o.Status, o.Effects = Failed, nil
	o.Error = err.Error()
	if trap, ok := errors.AsType[*wasm.Trap](err); ok {
		o.Stack, o.Printed = trap.Stack, trap.Stderr
	}
	o.died = dead(err)
}

// actions describes effects.
func (r *Rehearsal) actions(effects []effect.Effect) []Action {
	var all []Action
	now := r.clock.Now
	for i := range effects {
		e := &effects[i]
		a := Action{Tag: e.Tag}
		switch e.Kind {
		case effect.KVPut:
			a.Kind, a.Key, a.Value, a.Checked = "kv put", shown(e.Key), shown(string(e.Value)), e.Checked
			if !e.Expires.IsZero() {
				a.Expires = e.Expires.Sub(now)
			}
		case effect.KVDelete:
			a.Kind, a.Key = "kv delete", shown(e.Key)
		case effect.KVAdd:
			a.Kind, a.Key, a.Add = "kv add", shown(e.Key), e.Delta
		case effect.TimerSet:
			a.Kind, a.Delay, a.Period = "timer", e.Due.Sub(now), e.Period
		case effect.TimerOff:
			a.Kind = "timer off"
		case effect.Rest:
			a = callAction(e.Call, e.Tag != 0)
		case effect.Cancel:
			a.Kind = "cancel"
		case effect.Gateway:
			a.Kind, a.Op, a.Shard, a.Body = "gateway", e.Command.Op, e.Command.Shard, compact(e.Command.Data)
		case effect.Publish:
			a.Kind, a.Key, a.Value = "publish", e.Key, shown(string(e.Value))
		default:
			a.Kind = "effect " + strconv.Itoa(int(e.Kind))
		}
		all = append(all, a)
	}
	return all
}

func callAction(c *effect.Call, pending bool) Action {
	if c.Web() {
		a := Action{Kind: "fetch", Tag: c.Tag, Method: c.Method, Path: c.URL, Pending: pending}
		if a.Body = compact(c.Body); a.Body == nil {
			a.Value = shown(string(c.Body))
		}
		return a
	}
	return Action{
		Kind: "rest", Tag: c.Tag, Method: c.Method, Path: c.Path, Reason: c.Reason, Body: compact(c.Body), Pending: pending,
	}
}

// compact is JSON on one line, its keys in the order of the alphabet: what a plugin
// asks for is then the same text in every language.
func compact(doc []byte) json.RawMessage {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// shown is text as it is, and quoted where it would not fit on a line.
func shown(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return s
	}
	return strconv.Quote(s)
}

// String is the action on one line.
func (a *Action) String() string {
	parts := []string{a.Kind}
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch a.Kind {
	case "kv put":
		add("%s = %s", a.Key, a.Value)
		if a.Expires > 0 {
			add("for %s", a.Expires)
		}
		if a.Checked {
			add("(compared)")
		}
	case "kv delete":
		add("%s", a.Key)
	case "kv add":
		add("%s %+d", a.Key, a.Add)
	case "timer":
		add("%d in %s", a.Tag, a.Delay)
		if a.Period > 0 {
			add("every %s", a.Period)
		}
	case "timer off", "cancel":
		add("%d", a.Tag)
	case "rest", "fetch":
		add("%s %s", a.Method, a.Path)
		if a.Kind == "fetch" && a.Value != "" {
			add("%s", a.Value)
		}
		if a.Reason != "" {
			add("because %q", a.Reason)
		}
	case "gateway":
		add("op %d shard %d", a.Op, a.Shard)
	case "publish":
		add("%s %s", a.Key, a.Value)
	case "state":
		add("of schema %d", a.Op)
	}
	if a.Body != nil {
		add("%s", a.Body)
	}
	if a.Pending {
		add("(answer pending)")
	}
	return strings.Join(parts, " ")
}

// Idle tells whether it is a start at which nothing happened, which nobody has to
// see.
func (o *Outcome) Idle() bool { return o.Number == 0 && len(o.Effects) == 0 && len(o.Log) == 0 }

// Text is the outcome for people: a line that says what became of the frame,
// and below it, indented, a line for each effect and each line of the log.
func (o *Outcome) Text() string {
	var b strings.Builder
	if o.Number == 0 {
		b.WriteString(o.Name)
	} else {
		fmt.Fprintf(&b, "%d %s", o.Number, o.Name)
	}
	switch o.Status {
	case Handled:
		if len(o.Effects) == 0 && len(o.Log) == 0 && len(o.Ends) == 0 {
			b.WriteString(": nothing")
		}
	case Failed:
		b.WriteString(" failed: " + strings.ReplaceAll(o.Error, "\n", "\n  "))
	default:
		b.WriteString(": " + o.Status)
	}
	b.WriteByte('\n')
	for i := range o.Effects {
		b.WriteString("  " + o.Effects[i].String() + "\n")
	}
	for _, e := range o.Ends {
		fmt.Fprintf(&b, "  ends %d", e.Frame)
		if e.Error != "" {
			b.WriteString(", failed: " + strings.ReplaceAll(e.Error, "\n", "\n  "))
		}
		b.WriteByte('\n')
	}
	for _, l := range o.Log {
		b.WriteString("  log " + l.Level + ": " + l.Text + "\n")
	}
	return b.String()
}
