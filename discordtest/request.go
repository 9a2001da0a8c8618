package discordtest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Request is one that the REST API received.
type Request struct {
	Number int             `json:"n"` // counts from 1
	Method string          `json:"method"`
	Path   string          `json:"path"` // with the query
	Body   json.RawMessage `json:"body"` // as sent if it is JSON, else as a string; null: none
	Time   time.Time       `json:"time"`
	Status int             `json:"status"` // of the answer
}

// request is a Request with its body as it came.
type request struct {
	Method, Path string
	Time         time.Time
	Status       int
	raw          []byte
}

// requestLog keeps the last requests.
type requestLog struct {
	limit int
	rec   *record

	mu    sync.Mutex
	total int
	kept  []Request
}

func newRequestLog(o Options, rec *record) *requestLog {
	return &requestLog{limit: max(o.RequestLimit, 1), rec: rec}
}

func (l *requestLog) add(q request) {
	body := json.RawMessage("null")
	switch {
	case len(q.raw) == 0:
	case json.Valid(q.raw):
		body = q.raw
	default:
		body = encode(strings.ToValidUTF8(string(q.raw), "�"))
	}
	l.mu.Lock()
	l.total++
	if len(l.kept) >= 2*l.limit {
		l.kept = append([]Request(nil), l.kept[len(l.kept)-l.limit:]...)
	}
	l.kept = append(l.kept, Request{l.total, q.Method, q.Path, body, q.Time, q.Status})
	l.mu.Unlock()
	l.rec.count(func(s *Stats) { s.RESTRequests++ })
}

// since returns the requests after number n.
func (l *requestLog) since(n int) []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := l.total - len(l.kept) // the number before the oldest
	return append([]Request{}, l.kept[min(max(n-first, 0), len(l.kept)):]...)
}

// upload is one file of a multipart request.
type upload struct {
	name string
	kind string
	size int
}

// read takes the JSON out of a body: as it is, or the part payload_json of a
// form with files.
func (c *call) read(q *http.Request, raw []byte) *answer {
	if len(raw) == 0 {
		return nil
	}
	kind, params, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/json":
		c.body = raw
		return nil
	case err == nil && kind == "multipart/form-data":
		return c.readForm(multipart.NewReader(bytes.NewReader(raw), params["boundary"]))
	case err == nil && kind == "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(raw))
		if err != nil {
			return malformed()
		}
		o := object{}
		for key := range values {
			o.put(key, values.Get(key))
		}
		c.body = encode(o)
		return nil
	}
	c.violate(RuleContentType, q.Method+" "+q.URL.Path+" with a body and Content-Type "+strconv.Quote(q.Header.Get("Content-Type")))
	a := fail(http.StatusBadRequest, 50035, `Expected "Content-Type" header to be one of {'application/x-www-form-urlencoded', 'application/json'}.`)
	return &a
}

func malformed() *answer {
	a := fail(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
	return &a
}

func (c *call) readForm(form *multipart.Reader) *answer {
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return malformed()
		}
		data, err := io.ReadAll(part)
		switch {
		case err != nil:
			return malformed()
		case part.FormName() == "payload_json":
			c.body = data
		case part.FileName() != "":
			c.files = append(c.files, upload{part.FileName(), part.Header.Get("Content-Type"), len(data)})
		}
	}
}
