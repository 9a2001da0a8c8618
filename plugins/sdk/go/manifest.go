package sdk

import "slices"

// Version is the version of this SDK.
const Version = "1.0.0"

// manifest is the document of the custom section shard.manifest, as far as the
// plugin's code knows it.
func (p *registry) manifest() []byte {
	var events []string
	for _, h := range p.events {
		if !slices.Contains(events, h.pattern) {
			events = append(events, h.pattern)
		}
	}
	var intents []string
	for _, name := range p.intents {
		if !slices.Contains(intents, name) {
			intents = append(intents, name)
		}
	}
	commands := []Object{}
	for _, command := range p.commands {
		commands = append(commands, command.definition())
	}
	control := []string{}
	for _, h := range p.controls {
		if !slices.Contains(control, h.name) {
			control = append(control, h.name)
		}
	}
	fields := Object{}
	for _, a := range p.fields {
		fields[a.event] = a.paths
	}
	// Every value is of a type that appendJSON writes.
	document, _ := appendJSON(nil, Object{
		"sdk":      "go/" + Version,
		"events":   events,
		"intents":  intents,
		"commands": commands,
		"control":  control,
		"fields":   fields,
	})
	return document
}
