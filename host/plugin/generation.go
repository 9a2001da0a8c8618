package plugin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/wasm"
)

// A generation is one module with one configuration. It is closed when no guest
// of it is left.
type generation struct {
	number   int
	started  time.Time
	spec     config.Plugin
	info     *wasm.Info
	manifest *wasm.Manifest // of the module, or what its first guest answered
	module   *wasm.Module
	env      *effect.Env
	interest *Interest
	fields   fields
	bounds   bounds // of its lanes' mailboxes
	counts   bool   // the module imports done: its guests say which frame they are at
	key      string // what makes it the same as another: module and configuration

	condemned atomic.Bool // it has failed its probation: lanes wait for the one before
}

// Prepared is a generation that is ready to take over, with a guest for each
// lane. One that was prepared ends with Swap or with Discard. The generation that
// is kept during a probation is one too: nil stands for a lane's guest that had
// died.
type Prepared struct {
	plugin *Plugin
	gen    *generation
	guests []*guest
}

// Interest is what the prepared generation subscribes to.
func (p *Prepared) Interest() *Interest { return p.gen.interest }

// Generation is the number that the prepared generation will have.
func (p *Prepared) Generation() int { return p.gen.number }

// SHA256 is the sum of its module, in lower-case hex.
func (p *Prepared) SHA256() string { return p.gen.info.SHA256 }

// Warning says what of the configuration a Swap will leave out; "": nothing.
func (p *Prepared) Warning() string {
	spec := p.gen.spec
	if now := len(*p.plugin.lanes.Load()); spec.Reload.CanaryLanes > 0 && spec.Lanes != now {
		return fmt.Sprintf("plugin %q goes from %d to %d lanes, which moves guilds between them: all lanes get the new generation at once, without a canary",
			p.plugin.name, now, spec.Lanes)
	}
	return ""
}

// Discard closes what was prepared and never used.
func (p *Prepared) Discard(ctx context.Context) {
	p.discardGuests()
	p.plugin.closeGeneration(ctx, p.gen)
}

func (p *Prepared) discardGuests() {
	for _, g := range p.guests {
		if g == nil {
			continue // a lane has taken it
		}
		if err := g.discard(); err != nil {
			p.plugin.log.Error("guest not closed", "generation", p.gen.number, "error", err)
		}
	}
	p.guests = nil
}

// retire stops the guests in good order and closes the generation.
func (p *Prepared) retire(ctx context.Context, reason int32) {
	p.stop(reason)
	p.Discard(ctx)
}

// stop tells the guests that are alive that they end.
func (p *Prepared) stop(reason int32) {
	for lane, g := range p.guests {
		if g == nil || !g.wasm.Alive() {
			continue
		}
		if err := g.wasm.Stop(reason); err != nil {
			p.plugin.log.Warn("plugin did not stop in good order", "lane", lane, "generation", p.gen.number, "error", err)
		}
	}
}

// A CheckError says why a module may not run, with the line of the
// configuration to change.
type CheckError struct {
	Plugin   string
	At       config.Location
	Problems []wasm.Problem
}

func (e *CheckError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%splugin %q cannot run:", place(e.At), e.Plugin)
	for _, p := range e.Problems {
		b.WriteString("\n  - " + p.String())
	}
	return b.String()
}

func place(at config.Location) string { return at.Prefix() }

// generationKey is the same for configurations and modules that make the same
// generation.
func generationKey(spec config.Plugin, module []byte) string {
	h := sha256.New()
	spec.At, spec.Grant.At = config.Location{}, config.Location{}
	secrets := make(map[string]string, len(spec.Secrets))
	for name, s := range spec.Secrets {
		secrets[name] = s.Reveal()
	}
	doc, _ := json.Marshal(struct {
		Spec    config.Plugin
		Secrets map[string]string
	}{spec, secrets})
	h.Write(doc)
	h.Write(module)
	return hex.EncodeToString(h.Sum(nil))
}

// prepare makes a generation and its guests beside the running one. On an error
// nothing is left of it.
func (p *Plugin) prepare(ctx context.Context, spec config.Plugin, module []byte, number int) (_ *Prepared, err error) {
	gen := &generation{number: number, started: p.deps.Now(), spec: spec, bounds: boundsOf(spec.Limits)}
	if int64(len(module)) > spec.Limits.ModuleSize {
		return nil, fmt.Errorf("%splugin %q: the module has %d bytes, more than limits.module_size of %d", place(spec.Line("limits.module_size")), p.name, len(module), spec.Limits.ModuleSize)
	}
	if gen.info, err = wasm.Inspect(module); err != nil {
		return nil, fmt.Errorf("%splugin %q: %s: %w", place(spec.At), p.name, spec.Source, err)
	}
	if spec.SHA256 != "" && spec.SHA256 != gen.info.SHA256 {
		return nil, fmt.Errorf("%splugin %q: %s has sha256 %s, the configuration wants %s", place(spec.At), p.name, spec.Source, gen.info.SHA256, spec.SHA256)
	}
	if problems := gen.info.Check(spec.Limits.Memory, func(grant string) bool { return granted(spec.Grant, grant) }); len(problems) > 0 {
		return nil, &CheckError{Plugin: p.name, At: spec.Grant.At, Problems: problems}
	}
	gen.manifest = gen.info.Manifest
	gen.counts = slices.ContainsFunc(gen.info.Imports, func(i wasm.Import) bool { return i.Module == abi.Module && i.Name == "done" })
	gen.key = generationKey(spec, module)
	gen.env = &effect.Env{
		Plugin: p.name, HostVersion: p.deps.Version, Grant: spec.Grant, Limits: spec.Limits, At: spec.At, Line: spec.Line,
		Space: p.ledger.Space, Timers: p.ledger.Timers, Log: p.guestLog, Metrics: p.metrics, Now: p.deps.Now,
	}
	gen.module, err = p.deps.Engine.Compile(ctx, module, wasm.ModuleConfig{
		Name: p.name, Functions: effect.Functions(), Memory: spec.Limits.Memory, Instructions: spec.Limits.Instructions,
		Init: spec.Limits.Init,
	})
	if err != nil {
		return nil, fmt.Errorf("%s%w", place(spec.At), err)
	}
	prepared := &Prepared{plugin: p, gen: gen}
	defer func() {
		if err != nil {
			prepared.Discard(context.WithoutCancel(ctx))
		}
	}()
	for lane := range spec.Lanes {
		g, err := p.newGuest(ctx, gen, lane)
		if err != nil {
			return nil, fmt.Errorf("%splugin %q: %w", place(spec.At), p.name, err)
		}
		prepared.guests = append(prepared.guests, g)
	}
	if g := prepared.guests[0].wasm; spec.Recycle != (config.Recycle{}) && !(g.CanSave() && g.CanLoad()) {
		p.log.Warn("recycled guests start without their memory: the module has no shard_save and shard_load", "generation", number)
	}
	if gen.fields, err = newFields(gen.manifest.Fields); err != nil {
		return nil, fmt.Errorf("%splugin %q: %w", place(spec.At), p.name, err)
	}
	patterns := spec.Events
	if patterns == nil {
		patterns = gen.manifest.Events
	}
	if patterns == nil {
		return nil, fmt.Errorf(`%splugin %q does not say which events it handles: write events = ["MESSAGE_CREATE", ...] in its block`, place(spec.At), p.name)
	}
	if gen.interest, err = newInterest(patterns, spec.Filter); err != nil {
		return nil, fmt.Errorf("%splugin %q: %w", place(spec.At), p.name, err)
	}
	return prepared, nil
}

func granted(g config.Grant, name string) bool {
	switch name {
	case "":
		return true
	case "discord":
		return g.Discord != nil
	case "http":
		return g.HTTP != nil
	case "kv":
		return g.KV != nil
	case "timers":
		return g.Timers != nil
	case "gateway":
		return g.Gateway != nil
	case "bus":
		return g.Bus != nil
	}
	return false
}

func grantNames(g config.Grant) []string {
	names := []string{}
	for _, name := range []string{"discord", "http", "kv", "timers", "gateway", "bus"} {
		if granted(g, name) {
			names = append(names, name)
		}
	}
	return names
}

// learn asks a guest for the manifest that the module itself does not have.
func (gen *generation) learn(g *wasm.Guest) error {
	if gen.manifest != nil {
		return nil
	}
	manifest, err := g.Manifest()
	if err != nil {
		return err
	}
	if manifest == nil {
		manifest = &wasm.Manifest{}
	}
	gen.manifest = manifest
	return nil
}

// initDocument is what shard_init gets.
func (gen *generation) initDocument(lane int) []byte {
	secrets := make(map[string]string, len(gen.spec.Secrets))
	for name, s := range gen.spec.Secrets {
		secrets[name] = s.Reveal()
	}
	doc, err := json.Marshal(struct {
		ABI        string            `json:"abi"`
		Host       string            `json:"host"`
		Plugin     string            `json:"plugin"`
		Generation int               `json:"generation"`
		Lane       int               `json:"lane"`
		Lanes      int               `json:"lanes"`
		Config     json.RawMessage   `json:"config"`
		Secrets    map[string]string `json:"secrets"`
		Grants     []string          `json:"grants"`
		Deadline   int64             `json:"deadline_ms"`
	}{
		ABI: fmt.Sprintf("%d.%d", abi.Version, abi.Minor), Host: gen.env.HostVersion, Plugin: gen.env.Plugin,
		Generation: gen.number, Lane: lane, Lanes: gen.spec.Lanes, Config: gen.spec.Config,
		Secrets: secrets, Grants: grantNames(gen.spec.Grant), Deadline: gen.spec.Limits.Deadline.Milliseconds(),
	})
	if err != nil {
		panic(err) // the config was decoded from HCL into valid JSON
	}
	return doc
}

// ReadModule reads a plugin's module file.
func ReadModule(spec config.Plugin) ([]byte, error) {
	info, err := os.Stat(spec.Source)
	if err == nil && info.Size() > spec.Limits.ModuleSize {
		return nil, fmt.Errorf("%splugin %q: %s has %d bytes, more than limits.module_size of %d", place(spec.Line("limits.module_size")), spec.Name, spec.Source, info.Size(), spec.Limits.ModuleSize)
	}
	module, err := os.ReadFile(spec.Source)
	if err != nil {
		return nil, fmt.Errorf("%splugin %q: %w", place(spec.At), spec.Name, err)
	}
	return module, nil
}
