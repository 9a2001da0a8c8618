package golden

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/recording"
	"golang.org/x/tools/txtar"
)

// Names of the parts of a file.
const (
	partPlugin  = "plugin.hcl"
	partKV      = "kv.json"
	partFrames  = "frames"
	partEffects = "effects"
)

// A File is one test.
type File struct {
	Name    string
	Plugin  string            // what stands in the block of the plugin
	KV      map[string]string // keys that are there at first
	Effects string            // that are expected
	steps   []step
	archive *txtar.Archive
}

// A step is one line of frames: exactly one of its parts.
type step struct {
	line  int
	frame *abi.Frame
	reply *answer
	timer bool
	again bool // the plugin is reloaded
}

// answer is a line that answers a pending call.
type answer struct {
	Answer string          `json:"answer"` // METHOD /path, in which * is any segment and ** at the end any rest
	Status int32           `json:"status"`
	Body   json.RawMessage `json:"body"`
}

// Parse reads a test. name is for messages.
func Parse(name string, data []byte) (*File, error) {
	f := &File{Name: name, archive: txtar.Parse(data)}
	fail := func(part string, err error) (*File, error) {
		return nil, fmt.Errorf("%s: %s: %w", name, part, err)
	}
	there := map[string]bool{}
	for _, part := range f.archive.Files {
		if there[part.Name] {
			return fail(part.Name, errors.New("it is there twice"))
		}
		there[part.Name] = true
		switch part.Name {
		case partPlugin:
			f.Plugin = string(part.Data)
		case partKV:
			if err := json.Unmarshal(part.Data, &f.KV); err != nil {
				return fail(partKV, fmt.Errorf("it is not a JSON object of strings: %w", err))
			}
		case partFrames:
			if err := f.parseFrames(part.Data); err != nil {
				return fail(partFrames, err)
			}
		case partEffects:
			f.Effects = string(part.Data)
		default:
			return fail(part.Name, fmt.Errorf("no test has such a part; it may have %s, %s, %s and %s", partPlugin, partKV, partFrames, partEffects))
		}
	}
	if !there[partFrames] {
		return nil, fmt.Errorf("%s has no part %q: write a line `-- %s --` and below it the frames, each a JSON object on a line", name, partFrames, partFrames)
	}
	return f, nil
}

func (f *File) parseFrames(data []byte) error {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		s, err := parseStep(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		s.line = n
		f.steps = append(f.steps, s)
	}
	return nil
}

func parseStep(line []byte) (step, error) {
	var kind struct {
		Answer *string           `json:"answer"`
		Kind   string            `json:"kind"`
		Tag    *recording.Number `json:"tag"`
	}
	if json.Unmarshal(line, &kind) == nil {
		if kind.Answer != nil {
			reply, err := parseAnswer(line)
			return step{reply: reply}, err
		}
		if kind.Kind == "timer" && kind.Tag == nil {
			return step{timer: true}, nil
		}
		if kind.Kind == "reload" {
			return step{again: true}, nil
		}
	}
	l, err := recording.ReadLine(line)
	if err != nil {
		return step{}, err
	}
	frame, err := l.Frame()
	return step{frame: &frame}, err
}

func parseAnswer(line []byte) (*answer, error) {
	var a answer
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&a); err != nil {
		return nil, err
	}
	if a.Status == 0 {
		a.Status = 200
	}
	method, path, ok := strings.Cut(a.Answer, " ")
	if !ok || method == "" || !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "http") {
		return nil, fmt.Errorf("the answer to %q: write the call as METHOD /path", a.Answer)
	}
	return &a, nil
}

// matches tells whether a call is the one that is answered.
func (a *answer) matches(call *effect.Call) bool {
	wantMethod, wantPath, _ := strings.Cut(a.Answer, " ")
	path, _, _ := strings.Cut(call.Path+call.URL, "?")
	want, got := strings.Split(wantPath, "/"), strings.Split(path, "/")
	if wantMethod != "*" && wantMethod != call.Method {
		return false
	}
	for i, segment := range want {
		if segment == "**" && i == len(want)-1 {
			return len(got) > i
		}
		if i >= len(got) || segment != "*" && segment != got[i] {
			return false
		}
	}
	return len(want) == len(got)
}

// body is what the call's completion brings: of the web, with the headers before it,
// and of a text the text itself.
func (a *answer) body(call *effect.Call) []byte {
	if !call.Web() {
		return a.Body
	}
	kind, body := "application/json", []byte(a.Body)
	var text string
	if json.Unmarshal(a.Body, &text) == nil {
		kind, body = "text/plain", []byte(text)
	}
	return journal.WebAnswer(http.Header{"Content-Type": {kind}}, body)
}

// Update is the file with other effects.
func (f *File) Update(effects string) []byte {
	for i := range f.archive.Files {
		if f.archive.Files[i].Name == partEffects {
			f.archive.Files[i].Data = []byte(effects)
			return txtar.Format(f.archive)
		}
	}
	f.archive.Files = append(f.archive.Files, txtar.File{Name: partEffects, Data: []byte(effects)})
	return txtar.Format(f.archive)
}

// Events are the events among the frames.
func (f *File) Events() []abi.Frame {
	var events []abi.Frame
	for _, s := range f.steps {
		if s.frame != nil && s.frame.Kind == abi.KindEvent {
			events = append(events, *s.frame)
		}
	}
	return events
}
