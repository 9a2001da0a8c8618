package admin

import (
	"context"
	"net/http"
	"net/url"
)

// PluginDetail is what a status leaves out of a plugin: the answer of
// /v1/plugin.
type PluginDetail struct {
	FormatVersion int       `json:"format_version"` // filled in by the server
	Name          string    `json:"name"`
	Source        string    `json:"source"`
	Events        []string  `json:"events"` // patterns that it subscribes to
	Grants        []Grant   `json:"grants"` // what it may do, by name
	Latency       []Latency `json:"latency"`
}

// Grant is one block of a plugin's grants.
type Grant struct {
	Name  string   `json:"name"`
	Terms []string `json:"terms"` // routes, origins, topics, bounds; none: no more is to be said
}

// Latency is how many frames took so long, from their receipt until what they
// did was kept.
type Latency struct {
	UpToMS float64 `json:"up_to_ms,omitempty"` // and more than the one before; 0: all that took longer
	Count  uint64  `json:"count"`
}

func (s *Server) plugin(w http.ResponseWriter, r *http.Request) {
	d, err := s.backend.Plugin(r.URL.Query().Get("name"))
	if err != nil {
		writeError(w, err)
		return
	}
	d.FormatVersion = FormatVersion
	writeJSON(w, http.StatusOK, d)
}

// Plugin asks for one plugin's detail.
func (c *Client) Plugin(ctx context.Context, name string) (PluginDetail, error) {
	var d PluginDetail
	err := c.call(ctx, http.MethodGet, "/v1/plugin?"+url.Values{"name": {name}}.Encode(), nil, &d)
	return d, err
}
