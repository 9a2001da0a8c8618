package wasm

import (
	"encoding/json"
	"unicode/utf8"
)

// Manifest is the optional description that a build tool adds to a module, in
// the custom section shard.manifest. It makes defaults and messages good; it
// grants nothing.
type Manifest struct {
	Name         string   `json:"name"`
	Version      string   `json:"version"`
	SDK          string   `json:"sdk"`
	Events       []string `json:"events"`       // patterns such as GUILD_MEMBER_*
	Intents      []string `json:"intents"`      // by name
	Capabilities []string `json:"capabilities"` // names of grant blocks
	StateSchema  int      `json:"state_schema"`
	Control      []string `json:"control"` // kinds of control frames that it wants

	// Fields are paths by the name of an event, whose frames then carry where
	// these fields stand; see abi.Frame.Field.
	Fields map[string][]string `json:"fields"`

	// Raw is the whole document, with what this version does not know.
	Raw json.RawMessage `json:"-"`
}

// maxManifest bounds what is decoded: a manifest is a page of text.
const maxManifest = 1 << 20

// readManifest is tolerant: a field of the wrong type stays empty, and
// anything but a JSON object is no manifest at all.
func readManifest(doc []byte) *Manifest {
	if len(doc) > maxManifest || !utf8.Valid(doc) {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(doc, &fields) != nil || fields == nil {
		return nil
	}
	m := &Manifest{Raw: doc}
	for name, to := range map[string]any{
		"name": &m.Name, "version": &m.Version, "sdk": &m.SDK, "events": &m.Events,
		"intents": &m.Intents, "capabilities": &m.Capabilities, "state_schema": &m.StateSchema, "control": &m.Control,
		"fields": &m.Fields,
	} {
		if raw, ok := fields[name]; ok {
			_ = json.Unmarshal(raw, to)
		}
	}
	return m
}
