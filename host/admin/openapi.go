package admin

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// An operation describes a route for /openapi.json.
type operation struct {
	method, path, summary string
	query                 []string // parameters of the URL; those that may be repeated end in *
	in, out               any      // zero values of the bodies; nil: none
	media                 string   // of the answer; "": JSON
}

const events = "text/event-stream"

// operations describes every route.
func operations() []operation {
	return []operation{
		{method: "GET", path: "/v1/status", summary: "What the host is doing", out: Status{}},
		{method: "GET", path: "/v1/events", summary: "The status, whenever it changes", media: events},
		{method: "GET", path: "/v1/history", summary: "The last samples of rates, for charts; only with the dashboard", out: History{}},
		{method: "POST", path: "/v1/reload", summary: "Read the configuration again and put it into effect, all or nothing", in: ReloadRequest{}, out: ReloadReport{}},
		{method: "POST", path: "/v1/rollback", summary: "Go back to the generation before", in: RollbackRequest{}, out: Rollback{}},
		{method: "GET", path: "/v1/plugin", summary: "One plugin in detail", query: []string{"name"}, out: PluginDetail{}},
		{method: "POST", path: "/v1/plugin/enable", summary: "Start a plugin that was disabled", in: EnableRequest{}, out: Switched{}},
		{method: "POST", path: "/v1/plugin/disable", summary: "Stop a plugin until it is enabled again", in: DisableRequest{}, out: Switched{}},
		{method: "GET", path: "/v1/rest", summary: "The client of Discord's REST API", out: REST{}},
		{method: "GET", path: "/v1/config", summary: "The configuration that is in effect, secrets masked", out: Configuration{}},
		{method: "GET", path: "/v1/record", summary: "Frames in the format of recordings", query: []string{"plugin*", "event*", "raw"}, media: "application/octet-stream"},
		{method: "GET", path: "/v1/tail", summary: "Frames as they are given to plugins", query: []string{"plugin*", "event*", "raw"}, media: events},
		{method: "GET", path: "/v1/logs", summary: "Lines of the log", query: []string{"level", "follow", "plugin*"}, media: events},
		{method: "GET", path: "/v1/deadletters", summary: "Frames that failed too often", query: []string{"plugin", "limit"}, out: DeadLetterList{}},
		{method: "GET", path: "/v1/deadletter", summary: "One of them, with its frame", query: []string{"id", "raw"}, out: letterAnswer{}},
		{method: "POST", path: "/v1/deadletters/replay", summary: "Deliver dead letters again", in: DeadLetterRequest{}, out: DeadLetterReport{}},
		{method: "POST", path: "/v1/deadletters/drop", summary: "Remove dead letters", in: DeadLetterRequest{}, out: DeadLetterReport{}},
		{method: "GET", path: "/healthz", summary: "200 while the process works, whatever Discord does", out: map[string]string{}},
		{method: "GET", path: "/readyz", summary: "200 when every shard is ready, else 503", out: map[string]any{}},
		{method: "GET", path: "/openapi.json", summary: "This description", out: map[string]any{}},
	}
}

// openAPI is the description of the API.
// https://spec.openapis.org/oas/v3.1.0
func openAPI() map[string]any {
	s := schemas{}
	failure := map[string]any{"description": "refused or failed", "content": content("application/json", map[string]any{
		"type": "object", "required": []string{"error"}, "properties": map[string]any{"error": s.of(reflect.TypeFor[Error]())},
	})}
	paths := map[string]any{}
	for _, o := range operations() {
		media := o.media
		if media == "" {
			media = "application/json"
		}
		var answer any = map[string]any{"type": "string"}
		if o.out != nil {
			answer = s.of(reflect.TypeOf(o.out))
		}
		op := map[string]any{
			"summary": o.summary, "operationId": strings.Trim(strings.NewReplacer("/v1", "", "/", "_", ".", "_").Replace(o.path), "_"),
			"responses": map[string]any{"200": map[string]any{"description": "done", "content": content(media, answer)}, "default": failure},
		}
		if o.in != nil {
			op["requestBody"] = map[string]any{"content": content("application/json", s.of(reflect.TypeOf(o.in)))}
		}
		if o.query != nil {
			op["parameters"] = parameters(o.query)
		}
		paths[o.path] = map[string]any{strings.ToLower(o.method): op}
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "Shardhost admin API", "version": "1",
			"description": "Keys are added without a new version, and never change their meaning. On a unix socket whoever may open it may call; over https a token is asked for.",
		},
		"paths": paths,
		"components": map[string]any{
			"schemas":         s,
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}},
		},
		"security": []any{map[string]any{}, map[string]any{"token": []string{}}},
	}
}

func content(media string, schema any) map[string]any {
	return map[string]any{media: map[string]any{"schema": schema}}
}

func parameters(names []string) (all []any) {
	for _, name := range names {
		schema := map[string]any{"type": "string"}
		name, repeated := strings.CutSuffix(name, "*")
		if repeated {
			schema = map[string]any{"type": "array", "items": schema}
		}
		all = append(all, map[string]any{"name": name, "in": "query", "schema": schema})
	}
	return all
}

// schemas are those of named structs, by name.
type schemas map[string]any

// of is the schema of a Go type as encoding/json writes it.
func (s schemas) of(t reflect.Type) any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.RawMessage]():
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return map[string]any{"type": "string", "format": "byte"}
		}
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Struct:
		return s.named(t)
	case reflect.Interface:
		return map[string]any{}
	}
	return map[string]any{"type": "integer"}
}

// named puts a struct among the components and refers to it.
func (s schemas) named(t reflect.Type) any {
	ref := map[string]any{"$ref": "#/components/schemas/" + t.Name()}
	if t.Name() != "" && s[t.Name()] != nil {
		return ref
	}
	properties, required := map[string]any{}, []string{}
	schema := map[string]any{"type": "object", "properties": properties}
	if t.Name() != "" {
		s[t.Name()] = schema // before its fields: it may hold itself
	}
	s.fields(t, properties, &required)
	schema["required"] = required
	if t.Name() == "" {
		return schema
	}
	return ref
}

func (s schemas) fields(t reflect.Type, properties map[string]any, required *[]string) {
	for f := range t.Fields() {
		name, more, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			s.fields(f.Type, properties, required)
			continue
		case !f.IsExported() || name == "-":
			continue
		case name == "":
			name = f.Name
		}
		properties[name] = s.of(f.Type)
		if !strings.Contains(more, "omit") {
			*required = append(*required, name)
		}
	}
}

func (s *Server) description(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, openAPI())
}
