package admin

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeHost is a Backend that a test scripts.
type fakeHost struct {
	Letters // nil unless the test needs them
	Watching
	Logging

	mu     sync.Mutex
	status Status
	reason string // "": ready
	reload func(context.Context, ReloadRequest) (ReloadReport, error)
}

func (f *fakeHost) Status() Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status
}

func (f *fakeHost) Ready() (bool, string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reason == "", f.reason
}

func (f *fakeHost) Reload(ctx context.Context, req ReloadRequest) (ReloadReport, error) {
	return f.reload(ctx, req)
}

func (f *fakeHost) Rollback(_ context.Context, req RollbackRequest) (Rollback, error) {
	return Rollback{Plugin: req.Plugin, Generation: 2, To: 1}, nil
}

func (f *fakeHost) Enable(_ context.Context, req EnableRequest) (Switched, error) {
	return Switched{Plugin: req.Plugin, Enabled: true, Changed: true, Generation: 1}, nil
}

func (f *fakeHost) Disable(_ context.Context, req DisableRequest) (Switched, error) {
	return Switched{Plugin: req.Plugin, Changed: true}, nil
}

func (f *fakeHost) Plugin(name string) (PluginDetail, error) {
	if name != "ping" {
		return PluginDetail{}, &Error{Code: CodeNotFound, Message: "there is no plugin " + name}
	}
	return PluginDetail{Name: name, Grants: []Grant{{Name: "kv", Terms: []string{}}}, Latency: []Latency{{UpToMS: 1, Count: 3}}}, nil
}

func (f *fakeHost) REST() REST { return REST{Requests: 7, Invalid: map[string]int{"ping": 2}} }

func (f *fakeHost) Configuration() Configuration {
	return Configuration{Files: []ConfigFile{{Name: "config.hcl", Text: "discord {}"}}}
}

func (f *fakeHost) set(st Status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status = st
}

// sample is a status with every key filled in.
func sample() Status {
	at := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	return Status{
		Version: "1.2.3", PID: 7, Started: at,
		Shards: []Shard{{ID: 0, Of: 2, State: "ready", Session: "abc", Sequence: 12, Position: 10, LatencyMS: 41.5,
			Guilds: 3, Events: 20, Identifies: 1, Resumes: 2, Generation: 1, InCharge: true, Since: at, LastError: "connection reset"}},
		Plugins: []Plugin{{Name: "ping", Version: "0.1.0", SHA256: "ff", Generation: 4, State: "running", Lanes: 2,
			Handled: 9, Failed: 1, Dropped: 0, Queued: 5, Memory: 65536, DeadLetters: 3, DeadLettersLost: 1, P50MS: 0.5, P99MS: 2, Since: at, LastError: "trap",
			Probation:  &Probation{Until: at, Newest: 4, Failures: 1, Kept: 3, Canary: 1},
			RolledBack: &Rollback{Plugin: "ping", Generation: 5, SHA256: "ee", To: 4, At: at, Reason: "trap", PauseMS: 0.5}}},
		Identifies: Identifies{Used: 2, Limit: 1000, ResetAt: at},
	}
}

// start serves b at listen until the test ends.
func start(t *testing.T, listen string, b Backend) *Server {
	t.Helper()
	return startWith(t, Options{Listen: listen, Poll: time.Millisecond}, b)
}

// startWith serves b until the test ends.
func startWith(t *testing.T, o Options, b Backend) *Server {
	t.Helper()
	s, err := New(o, b)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return s
}

// socket is a listen address in a folder of the test's own.
func socket(t *testing.T) string {
	return "unix://" + filepath.Join(t.TempDir(), "admin.sock")
}
