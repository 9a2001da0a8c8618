package build

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// do fails the test when a step of its preparation does.
func do(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

func TestWatch(t *testing.T) {
	for _, test := range []struct {
		name     string
		paths    []string
		patterns []string
		before   func(t *testing.T)
		change   func(t *testing.T)
		want     []string
	}{
		{
			name: "a file is written", paths: []string{"a.wasm"},
			before: func(t *testing.T) { do(t, write("a.wasm", "1")) },
			change: func(t *testing.T) { do(t, write("b.wasm", "x"), write("a.wasm", "two")) },
			want:   []string{"a.wasm"},
		},
		{
			name: "an editor renames a file into place", paths: []string{"src"}, patterns: []string{"*.go"},
			before: func(t *testing.T) { do(t, write("src/main.go", "1")) },
			change: func(t *testing.T) {
				do(t, write("src/main.go~", "2"), write("src/.main.go.swp", "x"), write("src/4913", ""), os.Remove("src/4913"),
					os.Rename("src/main.go~", "src/main.go"))
			},
			want: []string{"src/main.go"},
		},
		{
			name: "a file is removed and one is added", paths: []string{"src"},
			before: func(t *testing.T) { do(t, write("src/a.go", "1")) },
			change: func(t *testing.T) { do(t, os.Remove("src/a.go"), write("src/b.go", "1")) },
			want:   []string{"src/a.go", "src/b.go"},
		},
		{
			name: "a folder appears with what is in it", paths: []string{"src"}, patterns: []string{"*.go"},
			before: func(t *testing.T) { do(t, write("src/a.go", "1"), write("new/deep/b.go", "1")) },
			change: func(t *testing.T) { do(t, os.Rename("new", "src/new")) },
			want:   []string{"src/new/deep/b.go"},
		},
		{
			name: "a file deep in a folder", paths: []string{"src"},
			before: func(t *testing.T) { do(t, write("src/x/y/z/a.go", "1"), write("src/.git/HEAD", "1")) },
			change: func(t *testing.T) { do(t, write("src/.git/HEAD", "22"), write("src/x/y/z/a.go", "22")) },
			want:   []string{"src/x/y/z/a.go"},
		},
		{
			name: "names that a pattern takes away", paths: []string{"src"}, patterns: []string{"!*_test.go", "*.go", "go.mod"},
			before: func(t *testing.T) {
				do(t, write("src/a_test.go", "1"), write("src/go.mod", "1"), write("src/x.txt", "1"))
			},
			change: func(t *testing.T) {
				do(t, write("src/a_test.go", "22"), write("src/x.txt", "22"), write("src/go.mod", "22"))
			},
			want: []string{"src/go.mod"},
		},
		{
			name: "only patterns that take away", paths: []string{"src"}, patterns: []string{"!*.wasm"},
			before: func(t *testing.T) { do(t, write("src/a.rs", "1")) },
			change: func(t *testing.T) { do(t, write("src/a.wasm", "22"), write("src/a.rs", "22")) },
			want:   []string{"src/a.rs"},
		},
		{
			name: "a path that is not there yet", paths: []string{"out/deep/a.wasm"},
			before: func(t *testing.T) {},
			change: func(t *testing.T) { do(t, write("out/deep/a.wasm", "1")) },
			want:   []string{"out/deep/a.wasm"},
		},
		{
			name: "a config map is swapped", paths: []string{"mount/a.wasm"},
			before: func(t *testing.T) {
				do(t, write("mount/..1/a.wasm", "1"), write("mount/..2/a.wasm", "1"),
					os.Symlink("..1", "mount/..data"), os.Symlink("..data/a.wasm", "mount/a.wasm"))
			},
			change: func(t *testing.T) {
				do(t, os.Symlink("..2", "mount/..data_tmp"), os.Rename("mount/..data_tmp", "mount/..data"))
			},
			want: []string{"mount/a.wasm"},
		},
		{
			name: "a release is switched over", paths: []string{"current/plugins"},
			before: func(t *testing.T) {
				do(t, write("r1/plugins/a.wasm", "1"), write("r2/plugins/a.wasm", "2"), write("r2/plugins/b.wasm", "2"), os.Symlink("r1", "current"))
			},
			change: func(t *testing.T) { do(t, os.Symlink("r2", "next"), os.Rename("next", "current")) },
			want:   []string{"current/plugins/a.wasm", "current/plugins/b.wasm"},
		},
		{
			name: "a folder is exchanged", paths: []string{"src"},
			before: func(t *testing.T) { do(t, write("src/a.go", "1"), write("other/a.go", "22")) },
			change: func(t *testing.T) { do(t, os.Rename("src", "old"), os.Rename("other", "src")) },
			want:   []string{"src/a.go"},
		},
		{
			name: "links in a circle", paths: []string{"src"},
			before: func(t *testing.T) {
				do(t, write("src/a.go", "1"), os.Symlink(".", "src/self"), os.Symlink("loop", "src/loop"))
			},
			change: func(t *testing.T) { do(t, write("src/a.go", "22")) },
			want:   []string{"src/a.go"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			test.before(t)
			got := observe(t, test.paths, test.patterns, func() { test.change(t) }, test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("noticed %q, want %q", got, test.want)
			}
		})
	}
}

// observe watches while change runs and returns what was noticed, as soon as
// that is all of want.
func observe(t *testing.T, paths, patterns []string, change func(), want []string) []string {
	t.Helper()
	here, err := os.Getwd()
	do(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ready, ended := make(chan struct{}), make(chan error, 1)
	var got []string
	go func() {
		ended <- watch(ctx, paths, patterns, func() { close(ready) }, func(changed []string) {
			for _, path := range changed {
				relative, err := filepath.Rel(here, path)
				if err != nil {
					t.Error(err)
				}
				if !slices.Contains(got, relative) {
					got = append(got, relative)
				}
			}
			if slices.Sort(got); len(got) >= len(want) {
				cancel()
			}
		})
	}()
	<-ready
	change()
	do(t, <-ended)
	return got
}

func TestWatchFollowsAnExchangedFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	do(t, write("src/a.go", "1"), write("other/a.go", "22"))
	calls := make(chan []string)
	ready, ended := make(chan struct{}), make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() {
		ended <- watch(ctx, []string{"src"}, nil, func() { close(ready) }, func(changed []string) {
			select {
			case calls <- changed:
			case <-ctx.Done():
			}
		})
	}()
	<-ready
	do(t, os.Rename("src", "old"), os.Rename("other", "src"))
	for i, text := range []string{"", "333", "4444"} {
		if text != "" {
			do(t, write("src/a.go", text))
		}
		select {
		case <-calls:
		case <-ctx.Done():
			t.Fatalf("change %d was not noticed", i)
		}
	}
	cancel()
	do(t, <-ended)
}

func TestWatchRefusesABrokenPattern(t *testing.T) {
	if err := Watch(t.Context(), []string{"."}, []string{"!["}, nil); err == nil {
		t.Error("a broken pattern was taken")
	}
}

func TestDebounce(t *testing.T) {
	ms := func(n ...int) (times []time.Duration) {
		for _, n := range n {
			times = append(times, time.Duration(n)*time.Millisecond)
		}
		return times
	}
	every := func(step, end int) (times []int) {
		for at := 0; at <= end; at += step {
			times = append(times, at)
		}
		return times
	}
	for _, test := range []struct {
		name    string
		changes []int // in ms after the start
		poll    time.Duration
		end     int
		want    []time.Duration
	}{
		{"nothing", nil, 0, 100000, nil},
		{"one change", []int{0}, 0, 10000, ms(100)},
		{"several in a row are one", []int{0, 50, 120, 210}, 0, 10000, ms(310)},
		{"two apart are two", []int{0, 500}, 0, 10000, ms(100, 600)},
		{"changes without end", every(60, 2500), 0, 10000, ms(1000, 2020, 2560)},
		{"nothing with poll", nil, 2 * time.Second, 7000, ms(2000, 4000, 6000)},
		{"a change with poll", []int{500}, 2 * time.Second, 4000, ms(600, 2600)},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				start, changes := time.Now(), make(chan struct{}, 1)
				var got []time.Duration
				ended := make(chan error, 1)
				go func() {
					ended <- debounce(ctx, changes, func() time.Duration { return test.poll }, func() {
						got = append(got, time.Since(start))
					})
				}()
				for _, at := range test.changes {
					time.Sleep(time.Until(start.Add(time.Duration(at) * time.Millisecond)))
					changes <- struct{}{}
				}
				time.Sleep(time.Until(start.Add(time.Duration(test.end) * time.Millisecond)))
				synctest.Wait()
				cancel()
				do(t, <-ended)
				if !slices.Equal(got, test.want) {
					t.Errorf("settled at %v, want %v", got, test.want)
				}
			})
		})
	}
}
