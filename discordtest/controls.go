package discordtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// controls is the HTTP side of the Go API: everything under /sim. docs/sim.md
// is its description.
func (s *Server) controls() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, f func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			v, err := f(r)
			status := http.StatusOK
			if err != nil {
				v, status = map[string]string{"error": strings.TrimPrefix(err.Error(), "discordtest: ")}, http.StatusBadRequest
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write(append(encode(v), '\n'))
		})
	}
	handle("POST /sim/messages", s.controlPost)
	handle("GET /sim/messages", s.controlMessages)
	handle("POST /sim/events", s.controlEvent)
	handle("POST /sim/load", s.controlLoad)
	handle("POST /sim/faults", s.controlFault)
	handle("GET /sim/faults", func(*http.Request) (any, error) { return s.Faults(), nil })
	handle("POST /sim/answers", s.controlScript)
	handle("POST /sim/interactions", s.controlInteract)
	handle("GET /sim/interactions", s.controlInteraction)
	handle("POST /sim/settings", s.controlSettings)
	handle("GET /sim/stats", func(*http.Request) (any, error) { return s.Stats(), nil })
	handle("GET /sim/sessions", func(*http.Request) (any, error) { return s.Sessions(), nil })
	handle("GET /sim/violations", func(*http.Request) (any, error) { return s.Violations(), nil })
	handle("GET /sim/heartbeats", func(*http.Request) (any, error) { return s.Heartbeats(), nil })
	handle("GET /sim/guilds", func(*http.Request) (any, error) { return s.controlGuilds(), nil })
	handle("POST /sim/guilds", s.controlGuild)
	handle("GET /sim/rest", s.controlRequests)
	handle("GET /sim/books", s.controlBooks)
	mux.HandleFunc("GET /sim/stream", s.watch)
	mux.HandleFunc("/sim/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write(append(encode(map[string]string{"error": "there is no control " + r.Method + " " + r.URL.Path + "; see docs/sim.md"}), '\n'))
	})
	return mux
}

// readJSON takes the body of a control, whose keys must all be known.
func readJSON(r *http.Request, v any) error {
	dec := json.NewDecoder(http.MaxBytesReader(nil, r.Body, bodyLimit))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("a JSON object is needed as body")
		}
		return fmt.Errorf("the body: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if dec.More() {
		return errors.New("the body: more than one JSON object")
	}
	return nil
}

// guildKey names a guild: its index, or its id as a string.
type guildKey struct {
	given bool
	index int
	id    discord.GuildID
}

// UnmarshalJSON takes a number or a string of digits.
func (k *guildKey) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	k.given = true
	if b[0] != '"' {
		if err := json.Unmarshal(b, &k.index); err != nil {
			return fmt.Errorf("guild %s: a number from 0, or an id as a string", b)
		}
		return nil
	}
	id, err := discord.ParseSnowflake(strings.Trim(string(b), `"`))
	if err != nil || !id.IsValid() {
		return fmt.Errorf("guild %s: a number from 0, or an id as a string", b)
	}
	k.id = discord.GuildID(id)
	return nil
}

// guild finds the guild of a key; nil and no error when none was given.
func (s *Server) guild(k guildKey) (*Guild, error) {
	switch {
	case !k.given:
		return nil, nil
	case k.id != 0:
		if g := s.world.byID[k.id]; g != nil {
			return g, nil
		}
		return nil, fmt.Errorf("there is no guild %s; GET /sim/guilds lists them", k.id)
	case k.index < 0 || k.index >= len(s.world.guilds):
		return nil, fmt.Errorf("there is no guild %d: there are %d, from 0", k.index, len(s.world.guilds))
	}
	return s.world.guilds[k.index], nil
}

// place is where something happens: a channel, by default a guild's #general.
func (s *Server) place(k guildKey, channel *discord.ChannelID) (*Guild, discord.ChannelID, error) {
	g, err := s.guild(k)
	if err != nil {
		return nil, 0, err
	}
	if channel == nil || !channel.IsValid() {
		if g == nil {
			return nil, 0, errors.New("guild is needed: a number from 0, or an id as a string; or channel")
		}
		return g, g.General(), nil
	}
	ch := s.history.channel(*channel)
	switch {
	case ch == nil:
		return nil, 0, fmt.Errorf("there is no channel %s; GET /sim/guilds lists them", *channel)
	case g != nil && ch.GuildID != g.ID:
		return nil, 0, fmt.Errorf("channel %s is not one of guild %s", *channel, g.ID)
	}
	return s.world.byID[ch.GuildID], ch.ID, nil
}

func (s *Server) controlPost(r *http.Request) (any, error) {
	var j struct {
		Guild   guildKey           `json:"guild"`
		Channel *discord.ChannelID `json:"channel"`
		Content string             `json:"content"`
		Author  string             `json:"author"`
		ReplyTo discord.MessageID  `json:"reply_to"`
		Direct  bool               `json:"direct"`
	}
	if err := readJSON(r, &j); err != nil {
		return nil, err
	}
	g, channel, err := s.place(j.Guild, j.Channel)
	if err != nil {
		return nil, err
	}
	if j.Direct && g != nil {
		who, err := s.speaker(g, j.Author)
		if err != nil {
			return nil, err
		}
		channel = s.history.direct(who.User, s.mint.next).ID
	}
	m, err := s.Post(Post{Channel: channel, Author: j.Author, Content: j.Content, ReplyTo: j.ReplyTo})
	if err != nil {
		return nil, err
	}
	return struct {
		ID        discord.MessageID `json:"id"`
		ChannelID discord.ChannelID `json:"channel_id"`
		GuildID   discord.GuildID   `json:"guild_id"`
	}{m.ID, m.ChannelID, m.GuildID}, nil
}

func (s *Server) controlMessages(r *http.Request) (any, error) {
	text := r.URL.Query().Get("channel")
	id, err := discord.ParseSnowflake(text)
	if err != nil || !id.IsValid() {
		return nil, fmt.Errorf("channel %q is no id: GET /sim/messages?channel=ID", text)
	}
	if s.history.channel(discord.ChannelID(id)) == nil {
		return nil, fmt.Errorf("there is no channel %s; GET /sim/guilds lists them", id)
	}
	return s.Messages(discord.ChannelID(id)), nil
}

func (s *Server) controlEvent(r *http.Request) (any, error) {
	var j struct {
		Guild guildKey        `json:"guild"`
		Type  string          `json:"type"`
		D     json.RawMessage `json:"d"`
	}
	if err := readJSON(r, &j); err != nil {
		return nil, err
	}
	g, err := s.guild(j.Guild)
	if err != nil {
		return nil, err
	}
	if j.Type == "" || strings.ToUpper(j.Type) != j.Type {
		return nil, fmt.Errorf("type %q is no event name: upper case, e.g. TYPING_START", j.Type)
	}
	var guild discord.GuildID
	if g != nil {
		guild = g.ID
	}
	d, err := placed(j.Type, guild, j.D)
	if err != nil {
		return nil, err
	}
	return map[string]uint64{"event": s.Dispatch(guild, j.Type, d)}, nil
}

// placed is an event's d with the guild's id where the event has it, unless it
// says one itself.
func placed(name string, guild discord.GuildID, d json.RawMessage) (json.RawMessage, error) {
	if d == nil {
		d = json.RawMessage("{}")
	}
	o, err := parseObject(d)
	if err != nil {
		return d, nil // any JSON may be sent; only an object has a place for the id
	}
	path := discord.ParseEvent(name).GuildPath()
	if guild == 0 || path != discord.GuildPathGuildID && path != discord.GuildPathID || o.get(path.String()) != nil {
		return d, nil
	}
	o.put(path.String(), guild)
	return encode(o), nil
}

func (s *Server) controlFault(r *http.Request) (any, error) {
	var j struct {
		Kind      FaultKind         `json:"kind"`
		Shard     json.RawMessage   `json:"shard"`
		At        Moment            `json:"at"`
		Times     int               `json:"times"`
		Code      discord.CloseCode `json:"code"`
		Resumable bool              `json:"resumable"`
		After     int               `json:"after"`
		Events    int               `json:"events"`
		DelayMS   int64             `json:"delay_ms"`
	}
	if err := readJSON(r, &j); err != nil {
		return nil, err
	}
	f := Fault{
		Kind: j.Kind, Shard: AllShards, At: j.At, Times: j.Times, Code: j.Code, Resumable: j.Resumable, After: j.After, Events: j.Events,
		Delay: time.Duration(j.DelayMS) * time.Millisecond,
	}
	if text := string(j.Shard); text != "" && text != "null" && text != `"all"` {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("shard %s cannot be: a shard id, or \"all\"", text)
		}
		f.Shard = n
	}
	n, err := s.Fault(f)
	if err != nil {
		return nil, err
	}
	return map[string]int{"sessions": n}, nil
}

func (s *Server) controlScript(r *http.Request) (any, error) {
	var j struct {
		Method  string            `json:"method"`
		Path    string            `json:"path"`
		Times   int               `json:"times"`
		Status  int               `json:"status"`
		Body    string            `json:"body"`
		Header  map[string]string `json:"header"`
		DelayMS int64             `json:"delay_ms"`
		Abort   bool              `json:"abort"`
	}
	if err := readJSON(r, &j); err != nil {
		return nil, err
	}
	err := s.Script(Script{
		Method: j.Method, Path: j.Path, Times: j.Times, Status: j.Status, Body: j.Body, Header: j.Header,
		Delay: time.Duration(j.DelayMS) * time.Millisecond, Abort: j.Abort,
	})
	return struct{}{}, err
}

func (s *Server) controlRequests(r *http.Request) (any, error) {
	n, err := number(r, "since")
	if err != nil {
		return nil, err
	}
	return s.RESTRequests(n), nil
}

// number reads a query parameter, 0 when it was left out.
func number(r *http.Request, name string) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s=%s is no number from 0", name, text)
	}
	return n, nil
}

func (s *Server) controlBooks(r *http.Request) (any, error) {
	since, err := number(r, "since")
	if err != nil {
		return nil, err
	}
	sent, forgotten := s.Books()
	list := []Sent{}
	for _, line := range sent {
		if line.Number > uint64(since) {
			list = append(list, line)
		}
	}
	return map[string]any{"forgotten": forgotten, "sent": list}, nil
}

// RESTRequests returns the requests after number n that the REST API received,
// refused ones included. Only the last Options.RequestLimit are kept for sure.
func (s *Server) RESTRequests(n int) []Request { return s.rest.log.since(n) }

func (s *Server) controlLoad(r *http.Request) (any, error) {
	var j struct {
		Rate    float64 `json:"rate"`
		Seconds float64 `json:"seconds"`
		Seed    uint64  `json:"seed"`
	}
	if err := readJSON(r, &j); err != nil {
		return nil, err
	}
	return s.Load(r.Context(), Load(j))
}

func (s *Server) controlInteract(r *http.Request) (any, error) {
	var j struct {
		Guild    guildKey           `json:"guild"`
		Channel  *discord.ChannelID `json:"channel"`
		User     string             `json:"user"`
		Command  string             `json:"command"`
		Options  json.RawMessage    `json:"options"`
		CustomID string             `json:"custom_id"`
		Message  discord.MessageID  `json:"message"`
		Values   []string           `json:"values"`
	}
	if err := readJSON(r, &j); err != nil {
		return nil, err
	}
	_, channel, err := s.place(j.Guild, j.Channel)
	if err != nil {
		return nil, err
	}
	return s.Interact(Use{
		Channel: channel, User: j.User, Command: j.Command, Options: given(j.Options), CustomID: j.CustomID, Message: j.Message, Values: j.Values,
	})
}

func (s *Server) controlInteraction(r *http.Request) (any, error) {
	text := r.URL.Query().Get("id")
	id, err := discord.ParseSnowflake(text)
	if err != nil || !id.IsValid() {
		return nil, fmt.Errorf("id %q is none: GET /sim/interactions?id=ID", text)
	}
	i, found := s.Interaction(id)
	if !found {
		return nil, fmt.Errorf("there is no interaction %s, or it is more than 15 minutes old", id)
	}
	return i, nil
}
