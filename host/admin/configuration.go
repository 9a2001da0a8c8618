package admin

import "net/http"

// Configuration is the configuration that is in effect: the answer of
// /v1/config. Secrets that a file spells out are masked.
type Configuration struct {
	FormatVersion int          `json:"format_version"` // filled in by the server
	Files         []ConfigFile `json:"files"`          // as they were when they were read
}

// ConfigFile is one file of it.
type ConfigFile struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func (s *Server) configuration(w http.ResponseWriter, _ *http.Request) {
	c := s.backend.Configuration()
	c.FormatVersion = FormatVersion
	if c.Files == nil {
		c.Files = []ConfigFile{}
	}
	writeJSON(w, http.StatusOK, c)
}
