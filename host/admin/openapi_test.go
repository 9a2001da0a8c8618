package admin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestOpenAPI compares the description with the routes, and its schemas with
// what is answered.
func TestOpenAPI(t *testing.T) {
	s := start(t, "127.0.0.1:0", &fakeHost{status: sample()})
	status, text := ask(t, s, http.MethodGet, "/openapi.json", "", nil)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Summary     string
			OperationID string
			Responses   map[string]json.RawMessage
		}
		Components struct {
			Schemas map[string]struct {
				Properties map[string]json.RawMessage
				Required   []string
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || status != http.StatusOK || doc.OpenAPI != "3.1.0" {
		t.Fatalf("%d %v %.100s", status, err, text)
	}
	routes := s.routes()
	for path, methods := range routes {
		for method := range methods {
			op, there := doc.Paths[path][strings.ToLower(method)]
			if !there || op.Summary == "" || op.OperationID == "" || op.Responses["200"] == nil || op.Responses["default"] == nil {
				t.Errorf("%s %s is not described: %+v", method, path, op)
			}
		}
	}
	for path, methods := range doc.Paths {
		if path == "/v1/history" {
			continue // only with the dashboard
		}
		for method := range methods {
			if routes[path][strings.ToUpper(method)] == nil {
				t.Errorf("%s %s is described, and there is no such route", method, path)
			}
		}
	}
	for _, ref := range strings.Split(text, `"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(ref, `"`)
		if doc.Components.Schemas[name].Properties == nil {
			t.Errorf("there is no schema %s", name)
		}
	}
	var answer map[string]any
	_, text = ask(t, s, http.MethodGet, "/v1/status", "", nil)
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	schema := doc.Components.Schemas["Status"]
	for key := range answer {
		if schema.Properties[key] == nil {
			t.Errorf("the status has a key that is not described: %s", key)
		}
	}
	for _, key := range schema.Required {
		if _, there := answer[key]; !there {
			t.Errorf("the status lacks %s", key)
		}
	}
	if !slices.Contains(schema.Required, "shards") || slices.Contains(schema.Required, "reason") {
		t.Errorf("required are %v", schema.Required)
	}
}
