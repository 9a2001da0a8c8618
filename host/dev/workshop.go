package dev

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/language"
)

// buildsAtOnce is how many plugins are built at the same time: one compiler
// already uses every core, a second one fills the gaps while the first links.
const buildsAtOnce = 2

// A buildFunc makes the module of a plugin's source, and says what it is doing
// on the way. Its error has the compiler's output. It may be called for several plugins at once,
// never twice at once for one.
type buildFunc func(ctx context.Context, p config.Plugin, step func(string)) (module []byte, err error)

// A buildState is how a plugin's module stands.
type buildState struct {
	building bool
	began    time.Time     // of the build under way
	step     string        // what it is doing; "": not known
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
	builds map[string]*buildState
	warm   bool // a plugin written in Go was built
}

// make builds plugins, several at once, and returns when all are done. It
// returns the names of those whose build went well, sorted.
//
// Until the first plugin written in Go is built, those in Go are built one by one:
// compilers that start together with an empty cache all compile the standard
// library, which takes three times as long.
func (w *workshop) make(ctx context.Context, plugins []config.Plugin) []string {
	for _, p := range plugins {
		w.begin(p.Name)
	}
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		good  []string
		slots = make(chan struct{}, buildsAtOnce)
	)
	for _, p := range plugins {
		slots <- struct{}{}
		one := func() {
			defer func() { <-slots }()
			if w.one(ctx, p) {
				mu.Lock()
				good = append(good, p.Name)
				mu.Unlock()
			}
		}
		if w.alone(p) {
			one()
		} else {
			wg.Go(one)
		}
	}
	wg.Wait()
	slices.Sort(good)
	return good
}

// one builds a plugin and tells whether that went well.
func (w *workshop) one(ctx context.Context, p config.Plugin) bool {
	w.restart(p.Name)
	module, err := w.build(ctx, p, func(step string) { w.step(p.Name, step) })
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	w.end(p, module, err)
	return err == nil
}

// alone tells whether a plugin's build may be the one that compiles the standard
// library of Go, which the next ones find in the cache.
func (w *workshop) alone(p config.Plugin) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.warm && inGo(p)
}

func inGo(p config.Plugin) bool {
	l, _ := language.Of(p.Source)
	return p.FromSource() && l.Name == "go"
}

// begin marks a plugin as being built, perhaps waiting for its turn.
func (w *workshop) begin(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.builds == nil {
		w.builds = make(map[string]*buildState)
	}
	b := w.builds[name]
	if b == nil {
		b = &buildState{}
		w.builds[name] = b
	}
	b.building, b.began = true, w.now()
}

// restart sets the clock of a build whose turn has come.
func (w *workshop) restart(name string) {
	w.mu.Lock()
	w.builds[name].began, w.builds[name].step = w.now(), ""
	w.mu.Unlock()
	w.tell(fmt.Sprintf("building %s…", name))
}

// step notes what a build is doing.
func (w *workshop) step(name, step string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.builds[name].step = step
}

// underWay describes the builds that take their time, a line each, sorted.
func (w *workshop) underWay() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for name, b := range w.builds {
		if b.building {
			lines = append(lines, fmt.Sprintf("building %s… %s", name, b.doing(w.now())))
		}
	}
	slices.Sort(lines)
	return lines
}

// doing says what a build is doing and for how long.
func (b buildState) doing(now time.Time) string {
	text := fmt.Sprintf("for %.0f s", now.Sub(b.began).Seconds())
	if b.step != "" {
		text += ", " + b.step
	}
	return text
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
		w.warm = w.warm || inGo(p)
	}
	took := b.took
	w.mu.Unlock()
	switch {
	case err == nil:
		w.tell(fmt.Sprintf("built %s in %s", name, seconds(took)))
	case !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		w.tell(fmt.Sprintf("%s does not build:\n%s", name, err))
	}
}

// state returns how a plugin's build stands.
func (w *workshop) state(name string) buildState {
	w.mu.Lock()
	defer w.mu.Unlock()
	if b := w.builds[name]; b != nil {
		return *b
	}
	return buildState{}
}

// seconds prints a duration as a person reads it: 0.9 s, 12.3 s.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
