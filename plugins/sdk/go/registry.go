package sdk

import (
	"runtime"
	"strconv"
	"strings"
)

// registry is what a plugin's init functions have registered. There is one in
// a process, plugin, because init functions have nowhere else to put things; it
// does not change any more when the first frame arrives.
type registry struct {
	events       []eventHandler
	commands     []*command
	interactions []interactionHandler
	timers       []*timerHandler
	starts       []startHandler
	responses    []responseHandler
	controls     []controlHandler
	topics       []topicHandler
	save         saveHandler
	load         loadHandler
	fields       []asked
	intents      []string // beyond those that the events need

	// stopTimer is there when the plugin has timers: a module that names a
	// function of the host in any way needs its grant.
	stopTimer func(*Ctx, TimerID) error
}

var plugin registry

// handler names a handler for messages: what registered it, and where.
type handler struct {
	kind string // "OnMessage"
	at   string // "main.go:12"
}

func (h handler) String() string {
	if h.at == "" {
		return h.kind
	}
	return h.kind + " at " + h.at
}

// newHandler notes where the plugin registers a handler: depth calls above the
// caller of newHandler.
func newHandler(kind string, depth int) handler {
	_, file, line, _ := runtime.Caller(depth + 1)
	return handler{kind: kind, at: baseName(file) + ":" + strconv.Itoa(line)}
}

// refuse stops a plugin whose registrations contradict each other: the host
// then says why instead of loading it.
func (h handler) refuse(why string) { panic(h.String() + ": " + why) }

func baseName(file string) string { return file[strings.LastIndexByte(file, '/')+1:] }

type eventHandler struct {
	handler
	pattern string
	call    func(*Ctx, *Event) error
}

// wants tells whether the handler is for the event of that name.
func (h eventHandler) wants(name string) bool {
	prefix, isPattern := strings.CutSuffix(h.pattern, "*")
	if isPattern {
		return strings.HasPrefix(name, prefix)
	}
	return h.pattern == name
}

type startHandler struct {
	handler
	call func(*Ctx) error
}

type responseHandler struct {
	handler
	name string
	call func(*Ctx, *Response) error
}

// OnStart registers what happens when the plugin comes to life: after every
// load, reload and restart, in each lane, before its first event. A returned
// error refuses the plugin, and after a reload the generation before it stays:
// it is the place to check the configuration. What fn asks for takes effect
// when it has returned nil.
func OnStart(fn func(c *Ctx) error) {
	plugin.starts = append(plugin.starts, startHandler{newHandler("OnStart", 1), fn})
}
