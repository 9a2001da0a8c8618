package sdk

import "github.com/shardhost/shardhost/abi"

// routes remember which handlers an event number has. They are filled as events
// come, so that this SDK needs no table of events and knows those of hosts
// later than itself.
type routes struct {
	byNumber []*route
}

type route struct {
	name     string
	handlers []*eventHandler
	fields   []string // of the event's table
}

// maxRoutes bounds what is remembered; Discord has about a hundred events.
const maxRoutes = 1024

// of returns the route of an event frame.
func (r *routes) of(f *abi.Frame) *route {
	number := int(f.Event)
	if number >= maxRoutes {
		return newRoute(f)
	}
	for number >= len(r.byNumber) {
		r.byNumber = append(r.byNumber, nil)
	}
	if r.byNumber[number] == nil {
		r.byNumber[number] = newRoute(f)
	}
	return r.byNumber[number]
}

func newRoute(f *abi.Frame) *route {
	name := string(f.Name)
	return &route{name, plugin.handlersOf(name), plugin.fieldsOf(name)}
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
