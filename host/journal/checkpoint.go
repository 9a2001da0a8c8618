package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// A Checkpoint is a lane's memory as its guest has written it out.
type Checkpoint struct {
	Schema int32 // the guest's own number for the form of Data
	Data   []byte
	At     time.Time

	// Stale: the lane has finished frames since, whose traces are not in Data
	// and which will not be delivered again.
	Stale bool

	staged *checkpointHead // of what Stage has written
}

// Checkpoints are the checkpoints of one plugin's lanes. Each is committed
// together with the lane's position, and the first commit of that lane
// afterwards marks it as stale: so a checkpoint that is not stale and the
// events that Discord sends again are together all that the lane has seen,
// nothing twice and nothing missing.
//
// A record checkpoint/PLUGIN/LANES/LANE tells what there is; the memory itself
// stands in pieces beside it, small enough for any store.
type Checkpoints struct {
	journal *Journal
	plugin  string

	mu    sync.Mutex
	heads map[laneKey]checkpointHead
	made  uint64 // counts those that were written
}

type laneKey struct{ of, index int }

func keyOf(lane effect.Lane) laneKey { return laneKey{lane.Of, lane.Index} }

// checkpointHead is a checkpoint's record.
type checkpointHead struct {
	Schema int32  `json:"schema"`
	At     int64  `json:"at"` // unix milliseconds
	ID     string `json:"id"` // of the pieces
	Pieces int    `json:"pieces"`
	Size   int    `json:"size"`
	Sum    uint32 `json:"sum"` // CRC-32 of the memory
	Stale  bool   `json:"stale,omitempty"`
}

// Sizes of a checkpoint in the store, in bytes: of one piece, and of what is
// written in one batch. A batch holds up other lanes for as long as it takes.
const (
	checkpointPiece = 256 << 10
	checkpointBatch = 4 << 20
)

func checkpointPrefix(plugin string) string { return "checkpoint/" + plugin + "/" }

func (c *Checkpoints) headKey(lane laneKey) string {
	return fmt.Sprintf("%s%d/%d", checkpointPrefix(c.plugin), lane.of, lane.index)
}

func (c *Checkpoints) pieceKey(lane laneKey, id string, piece int) string {
	return fmt.Sprintf("memory/%s/%d/%d/%s/%04d", c.plugin, lane.of, lane.index, id, piece)
}

// OpenCheckpoints finds the checkpoints of a plugin.
func (j *Journal) OpenCheckpoints(ctx context.Context, plugin string) (*Checkpoints, error) {
	c := &Checkpoints{journal: j, plugin: plugin, heads: map[laneKey]checkpointHead{}}
	prefix := checkpointPrefix(plugin)
	entries, err := j.store.List(ctx, prefix, "", 0)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		lane, err := decodeLaneKey(e.Key[len(prefix):])
		if err != nil {
			return nil, fmt.Errorf("checkpoint record %q: %w", e.Key, err)
		}
		var head checkpointHead
		if json.Unmarshal(e.Value, &head) != nil {
			head = checkpointHead{Size: -1, Stale: true} // Load says that it is damaged
		}
		c.heads[lane] = head
	}
	return c, c.sweep(ctx)
}

// sweep removes pieces of checkpoints that were never committed.
func (c *Checkpoints) sweep(ctx context.Context) error {
	known := map[string]bool{}
	for lane, head := range c.heads {
		for i := range head.Pieces {
			known[c.pieceKey(lane, head.ID, i)] = true
		}
	}
	return c.journal.removeAll(ctx, "memory/"+c.plugin+"/", func(key string) bool { return !known[key] })
}

// removeAll deletes the records with a prefix that unwanted picks.
func (j *Journal) removeAll(ctx context.Context, prefix string, unwanted func(key string) bool) error {
	const page = 16 // pieces are large
	for after := ""; ; {
		entries, err := j.store.List(ctx, prefix, after, page)
		if err != nil {
			return err
		}
		var b store.Batch
		for _, e := range entries {
			if after = e.Key; unwanted(e.Key) {
				b.Writes = append(b.Writes, store.Write{Key: e.Key, Delete: true})
			}
		}
		if len(b.Writes) > 0 {
			if _, err := j.store.Commit(ctx, b); err != nil {
				return err
			}
		}
		if len(entries) < page {
			return nil
		}
	}
}

func decodeLaneKey(s string) (laneKey, error) {
	of, index, _ := strings.Cut(s, "/")
	n, errOf := strconv.ParseUint(of, 10, 31)
	i, errIndex := strconv.ParseUint(index, 10, 31)
	if errOf != nil || errIndex != nil || i >= n {
		return laneKey{}, fmt.Errorf("not LANES/LANE; the store's file is damaged")
	}
	return laneKey{int(n), int(i)}, nil
}

// Load returns a lane's checkpoint, nil when there is none for that number of
// lanes. An error says that it cannot be used.
func (c *Checkpoints) Load(ctx context.Context, lane effect.Lane) (*Checkpoint, error) {
	c.mu.Lock()
	head, ok := c.heads[keyOf(lane)]
	c.mu.Unlock()
	if !ok {
		return nil, nil
	}
	data := make([]byte, 0, max(0, min(head.Size, effect.MaxState)))
	for i := range head.Pieces {
		e, err := c.journal.store.Get(ctx, c.pieceKey(keyOf(lane), head.ID, i))
		if err != nil {
			return nil, fmt.Errorf("checkpoint, piece %d of %d: %w", i+1, head.Pieces, err)
		}
		if data = append(data, e.Value...); len(data) > head.Size {
			break
		}
	}
	if len(data) != head.Size || crc32.ChecksumIEEE(data) != head.Sum {
		return nil, fmt.Errorf("checkpoint of %d bytes is damaged; the store's file may be too", head.Size)
	}
	return &Checkpoint{Schema: head.Schema, Data: data, At: time.UnixMilli(head.At), Stale: head.Stale}, nil
}

// Current tells whether a lane's checkpoint is its last word.
func (c *Checkpoints) Current(lane effect.Lane) bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	head, ok := c.heads[keyOf(lane)]
	return ok && !head.Stale
}

// Drop forgets the checkpoints that are not for that number of lanes; 0 forgets
// all.
func (c *Checkpoints) Drop(ctx context.Context, but int) error {
	c.mu.Lock()
	gone := map[laneKey]checkpointHead{}
	for lane, head := range c.heads {
		if lane.of != but {
			gone[lane] = head
		}
	}
	c.mu.Unlock()
	for lane, head := range gone {
		b := store.Batch{Writes: append(c.discard(lane, head), store.Write{Key: c.headKey(lane), Delete: true})}
		if _, err := c.journal.store.Commit(ctx, b); err != nil {
			return err
		}
		c.mu.Lock()
		delete(c.heads, lane)
		c.mu.Unlock()
	}
	return nil
}

// ForgetCheckpoints drops the checkpoints of plugins that are not in the
// configuration: when they come back they have missed what happened meanwhile.
func (j *Journal) ForgetCheckpoints(ctx context.Context, configured func(plugin string) bool) error {
	for _, prefix := range []string{"checkpoint/", "memory/"} {
		err := j.removeAll(ctx, prefix, func(key string) bool {
			plugin, _, _ := strings.Cut(key[len(prefix):], "/")
			return !configured(plugin)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Checkpoints) discard(lane laneKey, head checkpointHead) (writes []store.Write) {
	for i := range head.Pieces {
		writes = append(writes, store.Write{Key: c.pieceKey(lane, head.ID, i), Delete: true})
	}
	return writes
}

// Stage writes a checkpoint's memory, without making it valid: that takes a
// Record with it, or Unstage takes it back. It may run beside the lane.
func (c *Checkpoints) Stage(ctx context.Context, lane effect.Lane, cp *Checkpoint) error {
	head, last, err := c.pieces(ctx, keyOf(lane), cp)
	cp.staged = &head
	if err == nil && len(last) > 0 {
		_, err = c.journal.store.Commit(ctx, store.Batch{Writes: last})
	}
	return err
}

// Unstage removes what Stage has written of a checkpoint that was in no Record.
func (c *Checkpoints) Unstage(ctx context.Context, lane effect.Lane, cp *Checkpoint) error {
	if cp.staged == nil || cp.staged.Pieces == 0 {
		return nil
	}
	_, err := c.journal.store.Commit(ctx, store.Batch{Writes: c.discard(keyOf(lane), *cp.staged)})
	return err
}

// stage writes a checkpoint's pieces, unless that was done, but for the last
// ones, which it returns with the record for the batch that makes the checkpoint
// valid, and the removal of the one before.
func (c *Checkpoints) stage(ctx context.Context, lane effect.Lane, cp *Checkpoint) (head checkpointHead, last []store.Write, err error) {
	key := keyOf(lane)
	if cp.staged != nil {
		head = *cp.staged
	} else if head, last, err = c.pieces(ctx, key, cp); err != nil {
		return head, nil, err
	}
	head.Stale = cp.Stale
	c.mu.Lock()
	old, replaces := c.heads[key]
	c.mu.Unlock()
	if replaces {
		last = append(last, c.discard(key, old)...)
	}
	return head, append(last, c.headWrite(key, head)), nil
}

// pieces writes a checkpoint's pieces but for the last ones, which it returns.
func (c *Checkpoints) pieces(ctx context.Context, key laneKey, cp *Checkpoint) (head checkpointHead, last []store.Write, err error) {
	head = checkpointHead{
		Schema: cp.Schema, At: cp.At.UnixMilli(), ID: strconv.FormatInt(cp.At.UnixNano(), 16),
		Size: len(cp.Data), Sum: crc32.ChecksumIEEE(cp.Data),
	}
	c.mu.Lock()
	c.made++
	head.ID += "-" + strconv.FormatUint(c.made, 16) // the clock may stand still,
	if c.heads[key].ID == head.ID {                 // and have been set back between two starts
		head.ID += "x"
	}
	c.mu.Unlock()
	size := 0
	for piece := range slices.Chunk(cp.Data, checkpointPiece) {
		if size += len(piece); size > checkpointBatch {
			if _, err := c.journal.store.Commit(ctx, store.Batch{Writes: last}); err != nil {
				return head, nil, err
			}
			last, size = nil, len(piece)
		}
		last = append(last, store.Write{Key: c.pieceKey(key, head.ID, head.Pieces), Value: piece})
		head.Pieces++
	}
	return head, last, nil
}

func (c *Checkpoints) headWrite(lane laneKey, head checkpointHead) store.Write {
	value, err := json.Marshal(head)
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	return store.Write{Key: c.headKey(lane), Value: value}
}

// pass is the write that marks a lane's checkpoint as stale; ok is false when
// there is nothing to mark.
func (c *Checkpoints) pass(lane effect.Lane) (w store.Write, ok bool) {
	if c == nil {
		return w, false
	}
	c.mu.Lock()
	head, ok := c.heads[keyOf(lane)]
	c.mu.Unlock()
	if !ok || head.Stale {
		return w, false
	}
	head.Stale = true
	return c.headWrite(keyOf(lane), head), true
}

// passed takes note that pass was committed.
func (c *Checkpoints) passed(lane effect.Lane) {
	c.mu.Lock()
	defer c.mu.Unlock()
	head := c.heads[keyOf(lane)]
	head.Stale = true
	c.heads[keyOf(lane)] = head
}

// keep takes note that a checkpoint was committed.
func (c *Checkpoints) keep(lane effect.Lane, head checkpointHead) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heads[keyOf(lane)] = head
}
