package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/shardhost/shardhost/abi"
)

// FilesVersion is the version of the format that Write writes. It rises when a
// reader of an older version would misunderstand it; members may be added.
const FilesVersion = 1

// A FileIndex is cases.json: the kit as files, for hosts that are not written
// in Go. docs/abi.md says how to run it.
type FileIndex struct {
	Version    int        `json:"version"`
	ABI        string     `json:"abi"`          // contract that the cases are about, "1.0"
	Memory     int64      `json:"memory_limit"` // bytes
	DeadlineMS int64      `json:"deadline_ms"`  // of each call
	OverrunMS  int64      `json:"overrun_ms"`   // by how much a call may take longer, at most
	Cases      []FileCase `json:"cases"`

	Fields []FileFields `json:"fields"`
}

// A FileFields is one FieldCase.
type FileFields struct {
	Name  string   `json:"name"`
	Rule  string   `json:"rule"`
	Body  []byte   `json:"body"` // base64
	Paths []string `json:"paths"`
	Table []byte   `json:"table"` // base64
}

// A FileCase is one case. Files are named relative to cases.json.
type FileCase struct {
	Name   string   `json:"name"`
	Rule   string   `json:"rule"`
	Module string   `json:"module"`
	Grants []string `json:"grants,omitempty"`
	Frames string   `json:"frames"` // a file with frames, as shard_batch gets them
	Count  int      `json:"count"`  // frames in it
	Times  int      `json:"times"`  // how often the batch is given
	Last   string   `json:"last"`   // the last stage: check, start, batch, save, load, stop
	State  string   `json:"state,omitempty"`
	Schema int32    `json:"schema,omitempty"` // of State

	Verdict string   `json:"verdict"`         // answers; refused (at check); ends
	Code    int32    `json:"code"`            // answers: the result of shard_batch
	Words   []string `json:"words,omitempty"` // refused: what the reason is about, for people
	Kinds   []string `json:"kinds,omitempty"` // ends: any of these
}

// Write writes the kit into a folder, which must be empty or not exist.
func Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if entries, err := os.ReadDir(dir); err != nil {
		return err
	} else if len(entries) > 0 {
		return errors.New("the folder " + dir + " is not empty")
	}
	index := FileIndex{
		Version: FilesVersion, ABI: fmt.Sprintf("%d.%d", abi.Version, abi.Minor), Memory: MemoryLimit,
		DeadlineMS: Deadline.Milliseconds(), OverrunMS: Overrun.Milliseconds(),
	}
	for _, c := range Cases() {
		f, err := c.write(dir)
		if err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
		index.Cases = append(index.Cases, f)
	}
	for _, c := range FieldCases() {
		index.Fields = append(index.Fields, FileFields{c.Name, c.Rule, []byte(c.Body), c.Paths, c.Table()})
	}
	doc, err := json.MarshalIndent(index, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "cases.json"), append(doc, '\n'), 0o644)
}

func (c *Case) write(dir string) (FileCase, error) {
	base := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '-'
	}, strings.ToLower(c.Name))
	frames, count := c.batch()
	f := FileCase{
		Name: c.Name, Rule: c.Rule, Module: base + ".wasm", Grants: c.Grants, Frames: base + ".frames", Count: count,
		Times: max(c.Times, 1), Last: c.stage().String(), Verdict: "ends", Kinds: c.Kinds, Code: c.Code,
	}
	switch {
	case c.Answers:
		f.Verdict = "answers"
	case c.Fails == Checked:
		f.Verdict, f.Kinds, f.Words = "refused", nil, c.Kinds
	}
	files := map[string][]byte{f.Module: c.Module(), f.Frames: frames}
	if c.State != nil {
		f.State, f.Schema = base+".state", 1
		files[f.State] = c.State
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return f, err
		}
	}
	return f, nil
}
