package discordtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// rest is the REST API.
type rest struct {
	server *Server
	routes []*route
	limits *limits
	log    *requestLog
	script *script

	mu           sync.Mutex
	nonces       map[string]nonceUse
	interactions map[string]*interaction // by token
	commands     map[discord.GuildID][]object
	creates      map[discord.GuildID]*window // new commands of the day
}

func newREST(s *Server) *rest {
	r := &rest{
		server: s, limits: newLimits(s.opts), log: newRequestLog(s.opts, s.rec), script: &script{},
		nonces: make(map[string]nonceUse), interactions: make(map[string]*interaction), commands: make(map[discord.GuildID][]object),
		creates: make(map[discord.GuildID]*window),
	}
	r.routes = r.table()
	return r
}

// call is one request on its way to its answer.
type call struct {
	*rest
	route  *route
	params map[string]string
	query  func(string) string
	body   []byte // JSON
	files  []upload
}

// answer is what a request gets.
type answer struct {
	status int
	body   any // nil: none
}

func ok(body any) answer { return answer{http.StatusOK, body} }

func nothing() answer { return answer{status: http.StatusNoContent} }

// errorJSON is Discord's shape of an error.
// See https://docs.discord.com/developers/topics/opcodes-and-status-codes#json.
type errorJSON struct {
	Message string          `json:"message"`
	Code    int             `json:"code"`
	Errors  json.RawMessage `json:"errors,omitempty"`
}

func fail(status, code int, message string) answer {
	return answer{status, errorJSON{Message: message, Code: code}}
}

// invalid is an Invalid Form Body: what is wrong with one field.
func invalid(field, code, message string) answer {
	errs := encode(map[string]any{field: map[string]any{"_errors": []map[string]string{{"code": code, "message": message}}}})
	return answer{http.StatusBadRequest, errorJSON{Message: "Invalid Form Body", Code: 50035, Errors: errs}}
}

const bodyLimit = 26 << 20 // bytes of a request

var versioned = regexp.MustCompile(`^/api(?:/v(\d+))?(/.*)?$`)

// ServeHTTP answers a request to /api.
func (r *rest) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	entry := request{Method: q.Method, Path: q.URL.RequestURI(), Time: r.server.clock.Now()}
	raw, err := io.ReadAll(http.MaxBytesReader(w, q.Body, bodyLimit))
	entry.raw = raw
	var a answer
	header := w.Header()
	if err != nil {
		a = fail(http.StatusRequestEntityTooLarge, 40005, "Request entity too large")
	} else {
		a = r.serve(header, q, raw)
	}
	entry.Status = a.status
	r.log.add(entry)
	if a.status == http.StatusTooManyRequests {
		r.server.rec.count(func(s *Stats) { s.RateLimited++ })
	}
	if a.status == aborted {
		panic(http.ErrAbortHandler) // a script wants the connection to break
	}
	if text, ok := a.body.(rawBody); ok {
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, string(text))
		return
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	header.Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(encode(a.body))
}

// rawBody is a body that is no JSON, or shall not be looked at.
type rawBody string

// serve finds the answer: a script's, a refusal, or the route's.
func (r *rest) serve(header http.Header, q *http.Request, raw []byte) answer {
	match := versioned.FindStringSubmatch(q.URL.Path)
	if match == nil {
		return fail(http.StatusNotFound, 0, "404: Not Found")
	}
	path := match[2]
	if a, found := r.scripted(header, q, path); found {
		return a
	}
	switch match[1] {
	case "", "6", "7", "8", "9", "10":
	default:
		return fail(http.StatusBadRequest, 50041, "Invalid API version provided.")
	}
	if !userAgent.MatchString(q.UserAgent()) {
		r.violate(RuleUserAgent, fmt.Sprintf("%s %s with User-Agent %q: expected DiscordBot (url, version)", q.Method, path, q.UserAgent()))
	}
	rt, params, other := r.find(q.Method, path)
	if rt == nil && other {
		return fail(http.StatusMethodNotAllowed, 0, "405: Method Not Allowed")
	}
	if rt == nil {
		return fail(http.StatusNotFound, 0, "404: Not Found")
	}
	now := r.server.clock.Now()
	if until := r.limits.banned(now); !until.IsZero() {
		return r.ban(header, until.Sub(now))
	}
	a := r.perform(header, q, rt, params, path, raw)
	if r.limits.invalid(a.status, now) {
		r.violate(RuleInvalidRequests, fmt.Sprintf("%d answers 401, 403 and 429 in ten minutes: the address is banned for a while", r.server.opts.InvalidLimit))
	}
	return a
}

// perform checks limits and authorization, and calls the route.
func (r *rest) perform(header http.Header, q *http.Request, rt *route, params map[string]string, path string, raw []byte) answer {
	if !rt.open {
		token, bot := strings.CutPrefix(q.Header.Get("Authorization"), "Bot ")
		if !bot || !r.server.hub.tokenOK(token) {
			r.violate(RuleToken, fmt.Sprintf("%s %s without the bot's token (Authorization: Bot …)", q.Method, path))
			return fail(http.StatusUnauthorized, 0, "401: Unauthorized")
		}
	}
	if a, over := r.limited(header, rt, params); over {
		return a
	}
	c := &call{rest: r, route: rt, params: params, query: q.URL.Query().Get}
	if bad := c.read(q, raw); bad != nil {
		return *bad
	}
	return rt.handle(c)
}

var userAgent = regexp.MustCompile(`^DiscordBot \(\S+, ?\S+\)`)

func (r *rest) violate(rule Rule, detail string) {
	r.server.rec.violate(Violation{Rule: rule, Detail: detail, Shard: -1})
}

// snowflake reads an id of the path.
func (c *call) snowflake(name string) discord.Snowflake {
	id, err := discord.ParseSnowflake(c.params[name])
	if err != nil {
		return 0
	}
	return id
}

// decode reads the body into a value.
func (c *call) decode(v any) *answer {
	if len(c.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(c.body, v); err != nil {
		a := fail(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
		if json.Valid(c.body) {
			a = invalid("_", "BASE_TYPE_BAD", err.Error())
		}
		return &a
	}
	return nil
}

// seconds is a duration as Discord writes seconds: with fractions.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond)) / float64(time.Second)
}
