package sdk

import (
	"encoding/binary"
	"slices"
	"strconv"
	"sync"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/index"
	"github.com/shardhost/shardhost/abi/scan"
)

// Fields has the host look for fields of an event, so that Event.Get and
// Message.Get find them without reading the event's JSON:
//
//	func init() {
//		sdk.Fields("MESSAGE_REACTION_ADD", "emoji.name", "user_id", "member.roles")
//		sdk.On("MESSAGE_REACTION_ADD", reaction)
//	}
//
// A path is one or more keys with dots between them; elements of arrays have
// none. Those of Message the SDK asks for itself. Everything works without it,
// too: it is for events that come by the thousand. An event has at most 64.
func Fields(event string, paths ...string) {
	h := newHandler("Fields", 1)
	for _, path := range paths {
		if err := index.Check(path); err != nil {
			h.refuse("the path " + strconv.Quote(path) + ": " + err.Error())
		}
	}
	plugin.ask(h, event, paths)
}

// asked are the paths of one event's table, in its order.
type asked struct {
	event string
	paths []string
}

// ask adds paths to an event's table and returns their places there.
func (p *registry) ask(h handler, event string, paths []string) []int {
	i := slices.IndexFunc(p.fields, func(a asked) bool { return a.event == event })
	if i < 0 {
		i = len(p.fields)
		p.fields = append(p.fields, asked{event: event})
	}
	if len(p.fields) > abi.MaxFieldEvents {
		h.refuse("fields of more than " + strconv.Itoa(abi.MaxFieldEvents) + " events")
	}
	a := &p.fields[i]
	places := make([]int, len(paths))
	for k, path := range paths {
		if places[k] = slices.Index(a.paths, path); places[k] < 0 {
			places[k] = len(a.paths)
			a.paths = append(a.paths, path)
		}
	}
	if len(a.paths) > abi.MaxFields {
		h.refuse("more than " + strconv.Itoa(abi.MaxFields) + " fields of " + event)
	}
	return places
}

func (p *registry) fieldsOf(event string) []string {
	for i := range p.fields {
		if p.fields[i].event == event {
			return p.fields[i].paths
		}
	}
	return nil
}

// Get goes down into the event's data as JSON.Get does. Fields that the plugin
// has asked for with Fields it finds at once.
func (e *Event) Get(path ...string) JSON {
	if len(e.table) > 0 {
		// What lies within a field that was asked for is near.
		for n := len(path); n > 0; n-- {
			if i := place(e.paths, path[:n]); i >= 0 {
				return view{text: e.Data, table: e.table}.value(i).Get(path[n:]...)
			}
		}
	}
	return e.Data.Get(path...)
}

// view shows the values that some paths lead to.
type view struct {
	text   JSON
	table  []byte
	places []int // of the paths in the table; nil: they are all that it has
}

// view shows the values of paths that the plugin has asked for, by the table of
// the event or, where the host has made none, by one that is made here.
func (e *Event) view(places []int, paths func() *index.Paths) view {
	if len(e.table) > 0 {
		return view{e.Data, e.table, places}
	}
	return newView(e.Data, paths)
}

func newView(text JSON, paths func() *index.Paths) view {
	return view{text: text, table: paths().Append(nil, text)}
}

// compile makes an SDK's own paths ready when they are needed.
func compile(paths []string) func() *index.Paths {
	return sync.OnceValue(func() *index.Paths {
		p, err := index.Compile(paths)
		if err != nil {
			panic(err)
		}
		return p
	})
}

// value returns the value of the i-th path.
func (v view) value(i int) JSON {
	if v.places != nil {
		i = v.places[i]
	}
	entry := v.table[i*abi.FieldSize:]
	at, n := uint64(binary.LittleEndian.Uint32(entry)), uint64(binary.LittleEndian.Uint32(entry[4:]))
	if n == 0 || at+n > uint64(len(v.text)) {
		return nil
	}
	return v.text[at : at+n : at+n]
}

// id and string are what JSON.ID and JSON.String give, of a value without white
// space around it.
func (v view) id(i int) ID {
	if j := v.value(i); len(j) > 2 && j[0] == '"' {
		return parseID(j[1 : len(j)-1])
	}
	return v.value(i).ID()
}

func (v view) string(i int) string {
	if j := v.value(i); len(j) >= 2 && j[0] == '"' {
		return scan.Unquote(j[1 : len(j)-1])
	}
	return v.value(i).String()
}

// user reads a User whose paths begin with the i-th.
func (v view) user(i int) User {
	return User{ID: v.id(i), Username: v.string(i + 1), GlobalName: v.string(i + 2), Bot: v.value(i + 3).Bool()}
}

// place returns which of the paths is the keys with dots between them, or -1.
func place(paths []string, keys []string) int {
	length := len(keys) - 1
	for _, key := range keys {
		length += len(key)
	}
next:
	for i, path := range paths {
		if len(path) != length {
			continue
		}
		for _, key := range keys {
			if len(path) < len(key) || path[:len(key)] != key || len(path) > len(key) && path[len(key)] != '.' {
				continue next
			}
			path = path[min(len(key)+1, len(path)):]
		}
		return i
	}
	return -1
}
