package sdktest

import (
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shardhost/shardhost/abi"
)

// host is a sdk.Host that keeps everything in maps.
type host struct {
	deny       []string
	now        time.Time
	busy       bool   // a handler runs
	guild      uint64 // of what it handles
	generation int
	starting   bool
	failText   string
	log        []string
	metrics    map[string]float64
	memory     *memory // what the plugin has saved
	parked     map[int32]*parked
	handles    int32
	entered    *entered // nil: effects are those of the frame in work
	before     state    // the frame in work
	frame      abi.Frame
	again      *parked  // frame waited before; nil: it did not
	failures   []string // of parked frames
	state
}

// state is what a failed handler must leave as it was.
type state struct {
	values   map[string]value
	version  uint64
	timers   map[uint64]timer
	requests []Request
	waiting  []*pending // tagged requests without an answer
	commands []Command
	posts    []Post
}

type memory struct {
	schema int32
	text   string
}

type value struct {
	text    string
	expires time.Time // zero: never
	version uint64
}

type timer struct {
	due    time.Time
	period time.Duration
}

type pending struct {
	Request
	tag, guild uint64
	context    string
	generation int
	answer     *answer // that was given
}

func newHost(s Setup) *host {
	return &host{
		deny: s.Deny, now: s.Now, metrics: map[string]float64{},
		parked: map[int32]*parked{}, state: state{values: map[string]value{}, timers: map[uint64]timer{}},
	}
}

func (s state) clone() state {
	s.values, s.timers = maps.Clone(s.values), maps.Clone(s.timers)
	s.requests, s.waiting, s.commands = slices.Clone(s.requests), slices.Clone(s.waiting), slices.Clone(s.commands)
	s.posts = slices.Clone(s.posts)
	return s
}

// grants are the capabilities that the configuration would name.
func (h *host) grants() []string {
	all := []string{"discord", "http", "kv", "timers", "gateway", "bus"}
	return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(h.deny, name) })
}

// may answers Denied for what is not granted and Invalid outside of a handler.
func (h *host) may(grant string) abi.Code {
	if slices.Contains(h.deny, grant) {
		return abi.Denied
	}
	if !h.busy {
		return abi.Invalid
	}
	return abi.OK
}

func (h *host) Now() time.Time { return h.now }

func (h *host) Log(level int32, text string) int32 {
	names := [...]string{"trace", "debug", "info", "warn", "error"}
	h.log = append(h.log, names[level]+": "+text)
	return 0
}

func (h *host) LogLevel() int32  { return abi.LogTrace }
func (h *host) Done(int32) int32 { return 0 }
func (h *host) Fail(t string) int32 {
	h.failText = t
	return 0
}

func (h *host) Metric(name string, kind int32, value float64) int32 {
	if kind == abi.MetricCounter {
		value += h.metrics[name]
	}
	h.metrics[name] = value
	return 0
}

func (h *host) Fetch(tag uint64, document string) int32 {
	if code := h.may("http"); code != abi.OK {
		return int32(code)
	}
	var d abi.FetchRequest
	if json.Unmarshal([]byte(document), &d) != nil || !strings.HasPrefix(d.URL, "http") {
		return int32(abi.Invalid)
	}
	r := &pending{Request: Request{Method: d.Method, Path: d.URL, Body: []byte(d.Body)}, tag: tag, guild: h.guild, context: d.Context, generation: h.generation}
	if d.Await {
		return h.await(r)
	}
	h.requests = append(h.requests, r.Request)
	if tag != 0 {
		h.waiting = append(h.waiting, r)
	}
	return 0
}

func (h *host) REST(tag uint64, document string) int32 {
	if code := h.may("discord"); code != abi.OK {
		return int32(code)
	}
	var d struct {
		abi.RestRequest
		Body json.RawMessage `json:"body"`
	}
	if json.Unmarshal([]byte(document), &d) != nil || !strings.HasPrefix(d.Path, "/") {
		return int32(abi.Invalid)
	}
	switch d.Method {
	case "GET", "POST", "PUT", "PATCH", "DELETE":
	default:
		return int32(abi.Invalid)
	}
	r := Request{Method: d.Method, Path: d.Path, Body: []byte(d.Body), Reason: d.Reason}
	if d.Await {
		return h.await(&pending{Request: r, tag: tag, guild: h.guild, context: d.Context, generation: h.generation})
	}
	h.requests = append(h.requests, r)
	if tag != 0 {
		h.waiting = append(h.waiting, &pending{Request: r, tag: tag, guild: h.guild, context: d.Context, generation: h.generation})
	}
	return 0
}

func (h *host) Timer(tag uint64, delay, period int64) int32 {
	const year = 366 * 24 * 3600 * 1000
	if code := h.may("timers"); code != abi.OK {
		return int32(code)
	}
	if delay < 0 || delay > year || period < 0 || period > year || (period > 0 && period < 100) {
		return int32(abi.Invalid)
	}
	t := timer{h.now.Add(time.Duration(delay) * time.Millisecond), time.Duration(period) * time.Millisecond}
	if old, ok := h.timers[tag]; ok && h.starting && old.period == t.period {
		return 0 // it runs on over a reload
	}
	h.timers[tag] = t
	return 0
}

func (h *host) TimerOff(tag uint64) int32 {
	if code := h.may("timers"); code != abi.OK {
		return int32(code)
	}
	delete(h.timers, tag)
	return 0
}

// lookup finds a key that is there and not expired.
func (h *host) lookup(key string) (value, abi.Code) {
	if code := h.may("kv"); code != abi.OK {
		return value{}, code
	}
	if key == "" || len(key) > 1024 {
		return value{}, abi.Invalid
	}
	v, ok := h.values[key]
	if !ok || (!v.expires.IsZero() && !v.expires.After(h.now)) {
		return value{}, abi.NotFound
	}
	return v, abi.OK
}

func (h *host) KVGet(key string, buf []byte) int32 {
	v, code := h.lookup(key)
	if code != abi.OK {
		return int32(code)
	}
	copy(buf, v.text)
	return int32(len(v.text))
}

func (h *host) KVVersion(key string) int64 {
	v, code := h.lookup(key)
	if code != abi.OK {
		return int64(code)
	}
	return int64(v.version)
}

func (h *host) KVPut(key, text string, ttl int64) int32 {
	if _, code := h.lookup(key); code != abi.OK && code != abi.NotFound {
		return int32(code)
	}
	if len(text) > 256<<10 {
		return int32(abi.TooBig)
	}
	h.version++
	v := value{text: text, version: h.version}
	if ttl > 0 {
		v.expires = h.now.Add(time.Duration(ttl) * time.Millisecond)
	}
	h.values[key] = v
	return 0
}

func (h *host) KVSwap(key string, version uint64, text string, ttl int64) int32 {
	v, code := h.lookup(key)
	if code != abi.OK && code != abi.NotFound {
		return int32(code)
	}
	if v.version != version {
		return int32(abi.Exists)
	}
	return h.KVPut(key, text, ttl)
}

func (h *host) KVDelete(key string) int32 {
	_, code := h.lookup(key)
	delete(h.values, key)
	return int32(code)
}

func (h *host) KVAdd(key string, delta int64, sum *int64) int32 {
	v, code := h.lookup(key)
	if code != abi.OK && code != abi.NotFound {
		return int32(code)
	}
	var old int64
	if code == abi.OK {
		var err error
		if old, err = strconv.ParseInt(v.text, 10, 64); err != nil {
			return int32(abi.Invalid)
		}
	}
	h.version++
	h.values[key] = value{strconv.FormatInt(old+delta, 10), v.expires, h.version}
	*sum = old + delta
	return 0
}

func (h *host) KVList(prefix, after string, buf []byte) int32 {
	if code := h.may("kv"); code != abi.OK {
		return int32(code)
	}
	page := buf[:0]
	for _, key := range slices.Sorted(maps.Keys(h.values)) {
		if _, code := h.lookup(key); code != abi.OK || key <= after || !strings.HasPrefix(key, prefix) {
			continue
		}
		if len(page)+4+len(key) > len(buf) {
			if len(page) == 0 {
				return int32(abi.TooBig)
			}
			break
		}
		page = append(binary.LittleEndian.AppendUint32(page, uint32(len(key))), key...)
	}
	return int32(len(page))
}

func (h *host) Gateway(shard, op int32, data string) int32 {
	if code := h.may("gateway"); code != abi.OK {
		return int32(code)
	}
	if !json.Valid([]byte(data)) {
		return int32(abi.Invalid)
	}
	h.commands = append(h.commands, Command{Shard: int(shard), Op: op, Data: []byte(data)})
	return 0
}

func (h *host) Publish(topic, body string) int32 {
	if code := h.may("bus"); code != abi.OK {
		return int32(code)
	}
	if !abi.ValidTopic(topic) {
		return int32(abi.Invalid)
	}
	h.posts = append(h.posts, Post{Topic: topic, Data: []byte(body)})
	return 0
}

func (h *host) StateWrite(schema int32, state string) int32 {
	if h.memory == nil {
		h.memory = &memory{schema: schema}
	}
	h.memory.text += state
	return 0
}
