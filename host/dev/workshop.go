package dev

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shardhost/shardhost/host/config"
)

// buildsAtOnce is how many plugins are compiled at the same time: one compiler
// already uses every core, a second one fills the gaps while the first links.
const buildsAtOnce = 2

// A buildFunc makes the module of a plugin's source. Its error has the
// compiler's output. It may be called for several plugins at once,
// never twice at once for one.
type buildFunc func(ctx context.Context, p config.Plugin) (module []byte, err error)

// A build is how a plugin's module stands.
type build struct {
	building bool
	began    time.Time     // of the build under way
	at       time.Time     // when the last one ended; zero: never
	took     time.Duration // of the last one
	module   []byte        // of the last good one; nil: none yet
	source   string        // that the module was made of, as sourceOf tells it
	err      error         // of the last one
}

// A workshop builds plugins and remembers how each build stands.
type workshop struct {
	build buildFunc
	tell  func(line string) // progress, one line each; called from several goroutines
	now   func() time.Time

	mu     sync.Mutex
	builds map[string]*build
}

// make builds plugins, several at once, and returns when all are done. It
// returns the names of those whose build went well.
func (w *workshop) make(ctx context.Context, plugins []config.Plugin) []string {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		good  []string
		slots = make(chan struct{}, buildsAtOnce)
	)
	for _, p := range plugins {
		w.begin(p.Name)
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			w.restart(p.Name)
			module, err := w.build(ctx, p)
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			w.end(p, module, err)
			if err == nil {
				mu.Lock()
				good = append(good, p.Name)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(good)
	return good
}

// begin marks a plugin as being built, perhaps waiting for its turn.
func (w *workshop) begin(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.builds == nil {
		w.builds = make(map[string]*build)
	}
	b := w.builds[name]
	if b == nil {
		b = &build{}
		w.builds[name] = b
	}
	b.building, b.began = true, w.now()
}

// restart sets the clock of a build whose turn has come.
func (w *workshop) restart(name string) {
	w.mu.Lock()
	w.builds[name].began = w.now()
	w.mu.Unlock()
	w.tell(fmt.Sprintf("building %s…", name))
}

// end notes how a build went.
func (w *workshop) end(p config.Plugin, module []byte, err error) {
	name := p.Name
	w.mu.Lock()
	b := w.builds[name]
	b.building, b.at, b.err = false, w.now(), err
	b.took = b.at.Sub(b.began)
	if err == nil {
		b.module, b.source = module, sourceOf(p)
	}
	took := b.took
	w.mu.Unlock()
	switch {
	case err == nil:
		w.tell(fmt.Sprintf("built %s in %s", name, seconds(took)))
	case !errors.Is(err, context.Canceled):
		w.tell(fmt.Sprintf("%s does not build:\n%s", name, err))
	}
}

// state returns how a plugin's build stands.
func (w *workshop) state(name string) build {
	w.mu.Lock()
	defer w.mu.Unlock()
	if b := w.builds[name]; b != nil {
		return *b
	}
	return build{}
}

// seconds prints a duration as a person reads it: 0.9 s, 12.3 s.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
