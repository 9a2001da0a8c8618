package sdk

import "github.com/shardhost/shardhost/abi"

// routes remember which handlers an event number has. They are filled as events
// come, so that this SDK needs no table of events and knows those of hosts
// later than itself.
type routes struct {
	byNumber []route
}

type route struct {
	known    bool
	name     string
	handlers []*eventHandler
}

// maxRoutes bounds what is remembered; Discord has about a hundred events.
const maxRoutes = 1024

// of returns the name and the handlers of an event frame.
func (r *routes) of(f *abi.Frame) (string, []*eventHandler) {
	number := int(f.Event)
	if number >= maxRoutes {
		name := string(f.Name)
		return name, plugin.handlersOf(name)
	}
	for number >= len(r.byNumber) {
		r.byNumber = append(r.byNumber, route{})
	}
	known := &r.byNumber[number]
	if !known.known {
		name := string(f.Name)
		*known = route{true, name, plugin.handlersOf(name)}
	}
	return known.name, known.handlers
}

func (p *registry) handlersOf(event string) []*eventHandler {
	var found []*eventHandler
	for i := range p.events {
		if p.events[i].wants(event) {
			found = append(found, &p.events[i])
		}
	}
	return found
}
