package effect

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/internal/store"
)

// newRecorder makes a recorder with every grant, on a store that is empty.
func newRecorder(t testing.TB) (*Recorder, store.Store) {
	t.Helper()
	s := store.NewMemory()
	now := time.Now
	space, err := OpenSpace(context.Background(), s, "p", now)
	if err != nil {
		t.Fatal(err)
	}
	timers, err := OpenTimers(context.Background(), s, "p", now)
	if err != nil {
		t.Fatal(err)
	}
	env := &Env{
		Plugin: "p", Grant: config.Grant{KV: &config.KVGrant{Quota: 1 << 20}}, Space: space, Timers: timers,
		Log: NewLog(hclog.NewNullLogger(), "p"), Metrics: NewMetrics(), Now: now,
	}
	r := NewRecorder(env, Lane{Of: 1, Guest: 1, Inflight: new(atomic.Int64)})
	r.Begin([]Frame{{}, {}, {}}, nil)
	return r, s
}

func commit(t testing.TB, s store.Store, key string, value []byte) {
	t.Helper()
	if _, err := s.Commit(context.Background(), store.Batch{Writes: []store.Write{{Key: key, Value: value}}}); err != nil {
		t.Fatal(err)
	}
}

func TestTakeSplitsByFrame(t *testing.T) {
	r, _ := newRecorder(t)
	for frame := range 3 {
		for range 2 {
			if code := r.put("k", []byte("12345"), 0, Value{}, Effect{}); code != abi.OK {
				t.Fatal(code)
			}
			r.record(Effect{Kind: Rest}, 0)
			r.lane.Inflight.Add(1)
		}
		r.Finish(frame + 1)
	}
	if used := r.env.Space.Used(); used != 6*6 {
		t.Errorf("%d bytes are reserved, want 36", used)
	}
	taken := r.Take(2)
	if len(taken) != 8 {
		t.Errorf("%d effects, want 8", len(taken))
	}
	if used, calls := r.env.Space.Used(), r.lane.Inflight.Load(); used != 4*6 || calls != 4 {
		t.Errorf("%d bytes and %d calls are reserved, want 24 and 4", used, calls)
	}
	r.Forget(taken)
	if used, calls := r.env.Space.Used(), r.lane.Inflight.Load(); used != 0 || calls != 0 {
		t.Errorf("%d bytes and %d calls are left", used, calls)
	}
	if r.inFrame() || len(r.pending) != 0 {
		t.Error("the batch goes on")
	}
}

// FuzzList compares the merged listing with a sorted set, for any keys and any
// size of the guest's buffer.
func FuzzList(f *testing.F) {
	f.Add(uint64(1), "a", "", uint16(64))
	f.Add(uint64(2), "", "b", uint16(9))
	f.Fuzz(func(t *testing.T, seed uint64, prefix, after string, size uint16) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		r, s := newRecorder(t)
		want := map[string]bool{}
		key := func() string {
			b := make([]byte, 1+rnd.IntN(3))
			for i := range b {
				b[i] = "abc\x00\xff"[rnd.IntN(5)]
			}
			return string(b)
		}
		for range rnd.IntN(300) {
			k := key()
			expires := time.Time{}
			if rnd.IntN(5) == 0 {
				expires = time.Unix(1, 0)
			}
			commit(t, s, r.env.Space.StoreKey(k), EncodeValue(nil, expires))
			want[k] = expires.IsZero()
		}
		for range rnd.IntN(50) {
			k := key()
			r.pending[k] = pendingValue{deleted: rnd.IntN(2) == 0}
			want[k] = !r.pending[k].deleted
			if rnd.IntN(10) == 0 {
				r.pending[k] = pendingValue{expires: time.Unix(1, 0)}
				want[k] = false
			}
		}
		var all []string
		for k, there := range want {
			if there && strings.HasPrefix(k, prefix) && k > after {
				all = append(all, k)
			}
		}
		slices.Sort(all)
		var got []string
		buf := make([]byte, size)
		for {
			n, code := r.list(prefix, after, buf)
			if code == abi.TooBig {
				if len(buf) >= 4+3 {
					t.Fatalf("%d bytes are too few", len(buf))
				}
				return
			}
			if code != abi.OK {
				t.Fatal(code)
			}
			if n == 0 {
				break
			}
			for page := buf[:n]; len(page) > 0; {
				k := string(page[4 : 4+binary.LittleEndian.Uint32(page)])
				page = page[4+len(k):]
				got = append(got, k)
			}
			after = got[len(got)-1]
		}
		if !slices.Equal(got, all) {
			t.Fatalf("listed %q, want %q", got, all)
		}
	})
}

func TestDamagedValue(t *testing.T) {
	r, s := newRecorder(t)
	commit(t, s, r.env.Space.StoreKey("k"), []byte("short"))
	if _, _, code := r.lookup("k"); code != abi.Internal {
		t.Errorf("it reads as %v", code)
	}
	if _, code := r.list("", "", make([]byte, 100)); code != abi.Internal {
		t.Errorf("it lists as %v", code)
	}
}

func TestLaneOfSpreadsGuilds(t *testing.T) {
	const guilds = 10_000
	for _, n := range []int{1, 2, 3, 7, 16} {
		count := make([]int, n)
		for g := range uint64(guilds) {
			guild := (1_000_000+g*37)<<22 | g%4096
			lane := LaneOf(guild, n)
			if lane != LaneOf(guild, n) || lane < 0 || lane >= n {
				t.Fatalf("guild %d of %d lanes is on %d", guild, n, lane)
			}
			count[lane]++
		}
		for lane, c := range count {
			if c < guilds/n*8/10 || c > guilds/n*12/10 {
				t.Errorf("lane %d of %d has %d guilds", lane, n, c)
			}
		}
	}
	// The guilds of one shard are spread too.
	count := make([]int, 4)
	for g := range uint64(4000) {
		count[LaneOf((g*16+3)<<22, 4)]++
	}
	for lane, c := range count {
		if c < 800 || c > 1200 {
			t.Errorf("lane %d has %d of a shard's guilds", lane, c)
		}
	}
}

func TestSum(t *testing.T) {
	const most, least = 1<<63 - 1, -1 << 63
	for _, c := range []struct {
		a, b, sum int64
		ok        bool
	}{
		{1, 2, 3, true}, {1, -2, -1, true}, {most, 0, most, true}, {most, -1, most - 1, true}, {least, most, -1, true},
		{most, 1, least, false}, {least, -1, most, false}, {least, least, 0, false}, {0, least, least, true},
	} {
		if sum, ok := Sum(c.a, c.b); sum != c.sum || ok != c.ok {
			t.Errorf("%d + %d is %d, %v", c.a, c.b, sum, ok)
		}
	}
}

func TestMetrics(t *testing.T) {
	const most = 100
	m := NewMetrics()
	for _, c := range []struct {
		name  string
		kind  int32
		value float64
		want  abi.Code
	}{
		{"seen", abi.MetricCounter, 2, abi.OK}, {"seen", abi.MetricCounter, 3, abi.OK}, {"seen", abi.MetricCounter, -1, abi.Invalid},
		{"seen", abi.MetricGauge, 1, abi.Invalid}, {"size", abi.MetricGauge, 4, abi.OK}, {"size", abi.MetricGauge, 1, abi.OK},
		{"took", abi.MetricHistogram, 1.5, abi.OK}, {"took", abi.MetricHistogram, 1, abi.OK}, {"new", 9, 1, abi.Invalid},
	} {
		if got := m.add([]byte(c.name), c.kind, c.value, most); got != c.want {
			t.Errorf("%s of kind %d += %v answers %v, want %v", c.name, c.kind, c.value, got, c.want)
		}
	}
	got := fmt.Sprint(m.Snapshot())
	if want := "map[seen:{counter 5 2} size:{gauge 1 2} took:{histogram 2.5 2}]"; got != want {
		t.Errorf("metrics are %s, want %s", got, want)
	}
	for i := range 2 * most {
		m.add(fmt.Appendf(nil, "m%d", i), abi.MetricGauge, 1, most)
	}
	if n := len(m.Snapshot()); n != most {
		t.Errorf("%d metrics, want %d", n, most)
	}
	for name, want := range map[string]bool{"a": true, "_a9": true, "9a": false, "": false, "a-b": false, strings.Repeat("a", 65): false} {
		if validMetricName([]byte(name)) != want {
			t.Errorf("%q is valid: %v", name, !want)
		}
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                   "plain",
		"two\nlines\tand\r more":  "two lines and more",
		"\x1b[31mred":             "[31mred",
		"\xff\xfebroken":          "\uFFFDbroken",
		strings.Repeat("é", 3000): strings.Repeat("é", 2048) + "…",
		strings.Repeat("€", 3000): strings.Repeat("€", 1365) + "…",
		strings.Repeat("x", 4096): strings.Repeat("x", 4096),
		"\u0085next\u009bline":    "nextline",
		strings.Repeat("\xff", 9): "\uFFFD",
	} {
		if got := Line([]byte(in)); got != want || !utf8.ValidString(got) {
			t.Errorf("%.20q becomes %.40q (%d bytes), want %.40q (%d)", in, got, len(got), want, len(want))
		}
	}
}

func TestLogIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := NewLog(hclog.New(&hclog.LoggerOptions{Output: &out}), "p")
		const burst = logBurst * logPerSecond
		for range 10 * burst {
			l.Guest(hclog.Info, []byte("flood"))
		}
		l.host(hclog.Warn, "denied") // has room of its own
		if n := strings.Count(out.String(), "flood"); n != burst {
			t.Errorf("%d lines were written, want %d", n, burst)
		}
		if !strings.Contains(out.String(), "denied") || !strings.Contains(out.String(), "plugin.p") {
			t.Error("the host's own line is missing")
		}
		time.Sleep(time.Second)
		l.Guest(hclog.Info, []byte("later"))
		if want := fmt.Sprintf("log lines suppressed: lines=%d", 9*burst); !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "later") {
			t.Errorf("the log ends with %q, want %q", out.String()[max(0, out.Len()-300):], want)
		}
	})
}
