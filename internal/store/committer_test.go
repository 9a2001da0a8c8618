package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A disk is an apply function whose writes take a fixed time.
type disk struct {
	took   time.Duration
	groups []int
}

func (d *disk) write(group []*commit) {
	time.Sleep(d.took) // in the bubble's time
	d.groups = append(d.groups, len(group))
	for _, c := range group {
		c.revision = Revision(len(d.groups))
	}
}

func TestCommitterLoneCallerNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{took: time.Millisecond}
		c := startCommitter(time.Hour, d.write)
		defer c.close()
		began := time.Now()
		for range 5 {
			if _, err := c.commit(t.Context(), Batch{}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 5*d.took {
			t.Errorf("five commits took %v, want five writes of %v", took, d.took)
		}
	})
}

func TestCommitterSharesWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{took: 10 * time.Millisecond}
		c := startCommitter(2*time.Millisecond, d.write)
		defer c.close()
		began := time.Now()
		ended := make(chan struct{})
		const callers, each = 20, 3
		for range callers {
			go func() {
				for range each {
					if _, err := c.commit(t.Context(), Batch{}); err != nil {
						t.Error(err)
					}
				}
				ended <- struct{}{}
			}()
		}
		for range callers {
			<-ended
		}
		synctest.Wait()
		// The first group is whoever came first, the last whoever is then one behind.
		if len(d.groups) > each+2 {
			t.Errorf("groups %v, want at most %d", d.groups, each+2)
		}
		if took := time.Since(began); took > (each+2)*(d.took+2*time.Millisecond) {
			t.Errorf("took %v", took)
		}
	})
}

func TestCommitterWaitsNoLongerThanFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{took: 10 * time.Millisecond}
		c := startCommitter(2*time.Millisecond, d.write)
		defer c.close()
		first := make(chan struct{}, 2)
		for range 2 {
			go func() { _, _ = c.commit(t.Context(), Batch{}); first <- struct{}{} }()
			synctest.Wait()
		}
		<-first
		<-first // groups of one and one
		both := make(chan struct{}, 2)
		go func() { _, _ = c.commit(t.Context(), Batch{}); both <- struct{}{} }()
		synctest.Wait()
		go func() { _, _ = c.commit(t.Context(), Batch{}); both <- struct{}{} }()
		go func() { _, _ = c.commit(t.Context(), Batch{}); both <- struct{}{} }()
		<-both
		<-both
		<-both // groups of one and two: the next caller is expected to bring a friend
		began := time.Now()
		if _, err := c.commit(t.Context(), Batch{}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != d.took+2*time.Millisecond {
			t.Errorf("a caller whose friend stayed away took %v, want the write and the flush time", took)
		}
		if want := []int{1, 1, 1, 2, 1}; !slices.Equal(d.groups, want) {
			t.Errorf("groups %v, want %v", d.groups, want)
		}
	})
}

func TestCommitterWithdraws(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{took: time.Second}
		c := startCommitter(2*time.Millisecond, d.write)
		defer c.close()

		begun, cancelBegun := context.WithCancel(t.Context())
		queued, cancelQueued := context.WithCancel(t.Context())
		outcomeBegun, outcomeQueued := make(chan error, 1), make(chan error, 1)
		go func() { _, err := c.commit(begun, Batch{}); outcomeBegun <- err }()
		synctest.Wait()
		go func() { _, err := c.commit(queued, Batch{}); outcomeQueued <- err }()
		synctest.Wait()
		cancelBegun()
		cancelQueued()
		if err := <-outcomeQueued; !errors.Is(err, context.Canceled) {
			t.Errorf("a batch that was still queued: %v, want context.Canceled", err)
		}
		if err := <-outcomeBegun; err != nil {
			t.Errorf("a batch whose write had begun: %v, want its outcome", err)
		}
		synctest.Wait()
		if want := []int{1}; !slices.Equal(d.groups, want) {
			t.Errorf("groups %v, want %v", d.groups, want)
		}
	})
}
