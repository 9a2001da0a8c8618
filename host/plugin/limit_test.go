package plugin

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	asm "github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/host/config"
)

// Every limit, when it is hit, names itself, the plugin, and the line of the
// configuration to change, in the error of a start or in the log.
func TestLimitsNameThemselves(t *testing.T) {
	spin := asm.Loop(asm.Empty, asm.Br(0))
	// A guest that takes memory until there is none, and then gives up.
	hoard := asm.Loop(asm.Empty, asm.I32(1), asm.MemoryGrow, asm.I32(-1), asm.I32Eq, asm.If(asm.Empty, asm.Unreachable), asm.Br(0))
	frame := func(code asm.Code) []byte {
		b := asm.New()
		b.Plugin(asm.Plugin{Frame: code})
		return b.Module()
	}
	// A guest that calls a host function with each of so many names.
	repeat := func(function string, times int64, call func(b *asm.Builder, f uint32) asm.Code) []byte {
		b := asm.New()
		f := b.Import(function)
		code := call(b, f)
		b.Plugin(asm.Plugin{Frame: asm.Seq(asm.I64(0), asm.Set(asm.FrameI64), asm.Loop(asm.Empty,
			code, asm.Drop,
			asm.Get(asm.FrameI64), asm.I64(1), asm.I64Add, asm.Tee(asm.FrameI64), asm.I64(times), asm.I64LtS, asm.BrIf(0),
		))})
		return b.Module()
	}
	letter := asm.Seq(asm.I32(scratch), asm.Get(asm.FrameI64), asm.I32Wrap, asm.I32(26), asm.Op(0x70), asm.I32(97), asm.I32Add, asm.Store8(0)) // i32.rem_u
	failing := scripted{first: script{}.fail("no luck")}.module()
	for _, c := range []struct {
		limit  string
		change func(s *config.Plugin)
		module []byte
		events int
	}{
		{"limits.module_size", func(s *config.Plugin) { s.Limits.ModuleSize = 100 }, scripted{}.module(), 0},
		{"limits.init", func(s *config.Plugin) { s.Limits.Init = 20 * time.Millisecond }, func() []byte {
			b := asm.New()
			b.Plugin(asm.Plugin{Init: asm.Seq(spin, asm.I32(0))})
			return b.Module()
		}(), 0},
		{"limits.deadline", func(s *config.Plugin) { s.Limits.Deadline = 20 * time.Millisecond }, frame(spin), 1},
		{"limits.instructions", func(s *config.Plugin) { s.Limits.Instructions, s.Limits.Deadline = 1e6, time.Minute }, frame(spin), 1},
		{"limits.memory", func(s *config.Plugin) { s.Limits.Memory = 1 << 20 }, frame(hoard), 1},
		{"limits.mailbox", func(s *config.Plugin) { s.Limits.Mailbox = 1 }, scripted{}.module(), 10},
		{"limits.mailbox_bytes", func(s *config.Plugin) { s.Limits.MailboxBytes = 1 << 10 }, scripted{}.module(), 10},
		{"limits.inflight", func(s *config.Plugin) { s.Limits.Inflight = 2 }, repeat("rest", 5, func(b *asm.Builder, f uint32) asm.Code {
			return asm.Seq(asm.I64(0), b.Data(document("GET", "/users/@me", "", "")).Both(), asm.Call(f))
		}), 1},
		{"limits.log_lines", func(s *config.Plugin) { s.Limits.LogLines = config.Rate{N: 2, Per: time.Minute} }, repeat("log", 5, func(b *asm.Builder, f uint32) asm.Code {
			return asm.Seq(asm.I32(abi.LogInfo), b.Data("line").Both(), asm.Call(f))
		}), 1},
		{"limits.metrics", func(s *config.Plugin) { s.Limits.Metrics = 2 }, repeat("metric", 5, func(_ *asm.Builder, f uint32) asm.Code {
			return asm.Seq(letter, asm.I32(scratch), asm.I32(1), asm.I32(abi.MetricGauge), asm.F64(1), asm.Call(f))
		}), 1},
		{"grant.timers.max", func(s *config.Plugin) { s.Grant.Timers.Max = 2 }, repeat("timer", 5, func(_ *asm.Builder, f uint32) asm.Code {
			return asm.Seq(asm.Get(asm.FrameI64), asm.I64(1<<30), asm.I64(0), asm.Call(f))
		}), 1},
		{"grant.kv.quota", func(s *config.Plugin) { s.Grant.KV.Quota = 100 }, repeat("kv_put", 5, func(_ *asm.Builder, f uint32) asm.Code {
			return asm.Seq(letter, asm.I32(scratch), asm.I32(1), asm.I32(scratch), asm.I32(60), asm.I64(0), asm.Call(f))
		}), 1},
		{"limits.park", func(s *config.Plugin) { s.Limits.Park = 20 * time.Millisecond }, scripted{}.module(), 1},
		{"limits.parked", func(s *config.Plugin) { s.Limits.Parked = 1 }, scripted{}.module(), 2},
		{"failure.dead_letters", func(s *config.Plugin) { s.Failure.DeadLetters = 1 }, failing, 2},
		{"failure.dead_letter_bytes", func(s *config.Plugin) { s.Failure.DeadLetterBytes = 1 }, failing, 2},
	} {
		t.Run(c.limit, func(t *testing.T) {
			w := newWorld(t)
			answers := holdAnswers(w)
			w.spec.Name = "p"
			w.spec.Failure = config.Failure{Retry: 0, Max: 1000, Within: time.Minute, Backoff: time.Millisecond, DeadLetters: 100, DeadLetterBytes: 1 << 20}
			w.spec.Lines = map[string]config.Location{c.limit: {File: "config.hcl", Line: 4711}}
			c.change(&w.spec)
			named := func(text string) bool {
				for line := range strings.Lines(text) {
					if regexp.MustCompile(regexp.QuoteMeta(c.limit)+`\b`).MatchString(line) && strings.Contains(line, "config.hcl:4711: ") && (c.events == 0 || strings.Contains(line, "plugin=p") || strings.Contains(line, "plugin.p")) {
						return true
					}
				}
				return false
			}
			p, err := Open(context.Background(), w.deps(), w.spec, c.module)
			if p != nil {
				w.plugin = p
				release := func() {}
				if strings.HasPrefix(c.limit, "limits.mailbox") {
					release = hold(p, 0)
				}
				delivered := make(chan struct{})
				go func() {
					defer close(delivered)
					for n := range c.events {
						s := order(1, n)
						if strings.HasPrefix(c.limit, "limits.park") {
							s = script{}.await("GET", "/users/@me", "")
						}
						w.send(1, s)
					}
				}()
				if strings.HasPrefix(c.limit, "limits.mailbox") {
					until(t, func() bool { return p.waited.Load() > 0 })
				}
				release()
				<-delivered
				for late := time.After(10 * time.Second); c.events > 0 && !named(w.log.String()); {
					select {
					case <-late:
						t.Errorf("the limit is not named:\n%s", w.log)
						answers.release(100)
						return
					case <-time.After(time.Millisecond):
					}
				}
				answers.release(100)
				w.close()
			}
			text := w.log.String()
			if c.events == 0 {
				if text = fmt.Sprint(err); err == nil || !strings.Contains(text, `"p"`) {
					t.Fatalf("the plugin starts, or its error does not name it: %v", err)
				}
			}
			if !named(text) {
				t.Errorf("no line names %s, the plugin, and config.hcl:4711:\n%s", c.limit, text)
			}
		})
	}
}
