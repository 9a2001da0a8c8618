package admin

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed ui
var uiFiles embed.FS

// UI is the files of the dashboard. The page of `dev` uses its theme and its
// helpers too.
func UI() fs.FS {
	files, err := fs.Sub(uiFiles, "ui")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return files
}

// policy keeps a page from loading or sending anything elsewhere, so that not
// even a hostile message could make it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// PageHeaders lets a page, and what stands behind it, be nobody else's.
func PageHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// dashboard serves the page at /, and leaves everything else to next.
func dashboard(next http.Handler) http.Handler {
	files := UI()
	serve := PageHeaders(http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if name == "" {
			name = "index.html"
		}
		info, err := fs.Stat(files, name)
		if err != nil || info.IsDir() || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		serve.ServeHTTP(w, r)
	})
}
