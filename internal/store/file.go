package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/shardhost/shardhost/internal/histogram"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// FileOptions configures OpenFile. The zero value is ready for use.
type FileOptions struct {
	// Flush is the longest time that a commit waits for others to share its
	// disk write; 0 means 2 ms. A commit that is alone never waits.
	Flush time.Duration

	// LockTimeout is how long OpenFile waits for another process to let go of
	// the file; 0 means 1 s.
	LockTimeout time.Duration

	// MaxSize is the size in bytes beyond which the file must not grow; 0: no
	// limit.
	MaxSize int
}

// File is the embedded store: one file, owned by one process.
type File struct {
	db        *bbolt.DB
	path      string
	committer *committer
	watchers  watchers

	damage atomic.Pointer[error] // set: the file turned out to be broken, nothing more is read or written
}

var _ Store = (*File)(nil)

// OpenFile opens the store in the file at path (mode 0600), which it creates
// together with its folder (mode 0700) when missing.
//
// It fails when another process has the file open, and when the file is not a
// store or is damaged. It never repairs or removes anything by itself: the
// error says what the operator can do.
func OpenFile(path string, opts FileOptions) (*File, error) {
	if opts.Flush == 0 {
		opts.Flush = 2 * time.Millisecond
	}
	if opts.LockTimeout == 0 {
		opts.LockTimeout = time.Second
	}
	if err := prepare(path); err != nil {
		return nil, openError(path, err)
	}
	db, err := openBolt(path, opts)
	if err != nil {
		return nil, err
	}
	f := &File{db: db, path: path}
	f.committer = startCommitter(opts.Flush, f.apply)
	return f, nil
}

// prepare makes the folder and the file, and makes sure that an existing one is
// nobody else's to read: it holds session ids, with which a stream can be taken
// over.
func prepare(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	switch info, err := os.Stat(path); {
	case errors.Is(err, os.ErrNotExist):
		return create(path)
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file; give the store a path of its own", path)
	case info.Mode().Perm()&0o077 != 0:
		return os.Chmod(path, 0o600)
	}
	return nil
}

// create makes a new file, elsewhere until it is whole: one that a full disk or a
// power cut has left half made would be taken for a damaged store at the next
// start. A file that somebody else makes meanwhile stays.
func create(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if err := f.Close(); err != nil {
		return err
	}
	db, err := bbolt.Open(f.Name(), 0o600, nil)
	if err == nil {
		err = errors.Join(db.Update(prepareBuckets), db.Close())
	}
	if err != nil {
		return &unmadeError{err}
	}
	err = os.Link(f.Name(), path)
	switch {
	case errors.Is(err, os.ErrExist):
		return nil
	case err != nil: // not every file system has links
		return os.Rename(f.Name(), path)
	}
	return nil
}

// An unmadeError says that a new file could not be written.
type unmadeError struct{ error }

func (e *unmadeError) Unwrap() error { return e.error }

func openBolt(path string, opts FileOptions) (*bbolt.DB, error) {
	if err := guard(func() error { return checkWhole(path, opts) }); err != nil {
		return nil, openError(path, err)
	}
	var db *bbolt.DB
	err := guard(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout:      opts.LockTimeout,
			FreelistType: bbolt.FreelistMapType,
			MaxSize:      opts.MaxSize,
		})
		if err != nil {
			return err
		}
		if ready := db.View(bucketsReady); ready == nil {
			return nil // nothing is written where nothing changes
		}
		return db.Update(prepareBuckets)
	})
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err == nil {
		return db, nil
	}
	// After a panic inside bbolt its locks may be held, and closing would wait
	// for ever: then the file stays locked until the process ends.
	if db != nil && !errors.As(err, new(*damageError)) {
		_ = db.Close()
	}
	return nil, openError(path, err)
}

// checkWhole reads an existing file through, under bbolt's lock: opening for
// reading touches the meta pages only. A file that bbolt itself refuses is not
// read any further.
func checkWhole(path string, opts FileOptions) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: opts.LockTimeout})
	if err != nil {
		var system syscall.Errno
		if !errors.Is(err, bolterrors.ErrTimeout) && !errors.As(err, &system) {
			err = &damageError{err}
		}
		return err
	}
	defer func() { _ = db.Close() }()
	return verify(path)
}

// syncFolder makes the new file's name durable too.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("%w: another shardhost uses %s; stop it, or give this one another data_dir", ErrLocked, path)
	case errors.As(err, new(*newerError)):
		return fmt.Errorf("store: %s: %w; run that version, or give this one another data_dir", path, err)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, bolterrors.ErrChecksum),
		errors.As(err, new(*damageError)):
		return damaged(path, err)
	}
	err = fmt.Errorf("store: open %s: %w", path, err)
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w; the user that runs shardhost must be able to write there: change the owner, or give it another data_dir", err)
	case errors.As(err, new(*unmadeError)):
		return fmt.Errorf("%w; make room there, or give it another data_dir", err)
	}
	return err
}

func damaged(path string, err error) error {
	return fmt.Errorf("store: %s is damaged or not a store (%w); it was left as it is: "+
		"put a backup in its place, or move it aside to start with an empty store (sessions, plugin data and timers in it are then gone)", path, err)
}

// Get implements Store.
func (f *File) Get(ctx context.Context, key string) (Entry, error) {
	var e Entry
	err := f.view(ctx, func(records *bbolt.Bucket) error {
		if key == "" || len(key) > MaxKeySize {
			return ErrNotFound
		}
		stored := records.Get([]byte(key))
		if stored == nil {
			return ErrNotFound
		}
		var err error
		e, err = decodeEntry([]byte(key), stored)
		return err
	})
	return e, err
}

// List implements Store.
func (f *File) List(ctx context.Context, prefix, after string, limit int) ([]Entry, error) {
	var found []Entry
	err := f.view(ctx, func(records *bbolt.Bucket) error {
		cursor := records.Cursor()
		key, stored := cursor.Seek([]byte(max(prefix, after)))
		for ; key != nil; key, stored = cursor.Next() {
			if string(key) == after {
				continue
			}
			if !bytes.HasPrefix(key, []byte(prefix)) || limit > 0 && len(found) == limit {
				break
			}
			e, err := decodeEntry(key, stored)
			if err != nil {
				return err
			}
			found = append(found, e)
		}
		return nil
	})
	return found, err
}

// Commit implements Store. When ctx ends before the batch's turn has come the
// batch is dropped; once its write has begun Commit waits for the outcome. After
// an error from the disk nothing is half-applied, but whether the batch reached
// the disk is unknown: read a written key back.
func (f *File) Commit(ctx context.Context, b Batch) (Revision, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := b.validate(); err != nil {
		return 0, err
	}
	return f.committer.commit(ctx, b)
}

// Stats is what a file has done since it was opened.
type Stats struct {
	Batches  uint64             // that were to be committed
	Failures uint64             // of those: that the disk did not take
	Commits  histogram.Snapshot // writes, with fsync, of one or more batches each
	Size     int64              // of the file, in bytes
}

// Stats may be called at any time, also after Close.
func (f *File) Stats() Stats {
	s := Stats{Batches: f.committer.batches.Load(), Failures: f.committer.failures.Load(), Commits: f.committer.writes.Snapshot()}
	if info, err := os.Stat(f.path); err == nil {
		s.Size = info.Size()
	}
	return s
}

// Watch implements Store.
func (f *File) Watch(ctx context.Context, prefix string) (<-chan Change, error) {
	return f.watchers.watch(ctx, prefix)
}

// Close implements Store.
func (f *File) Close() error {
	f.committer.close()
	f.watchers.close()
	if f.damaged() != nil {
		return nil // bbolt's locks may be held: the file is freed when the process ends
	}
	return f.db.Close()
}

// view runs a read transaction.
func (f *File) view(ctx context.Context, read func(records *bbolt.Bucket) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.damaged(); err != nil {
		return err
	}
	return f.inspect(guard(func() error {
		return f.db.View(func(tx *bbolt.Tx) error { return read(tx.Bucket([]byte(recordsBucket))) })
	}))
}

// apply commits a group of batches in one transaction. A batch whose check
// fails gets ErrConflict and leaves no trace; the others are not affected.
func (f *File) apply(group []*commit) {
	err := f.damaged()
	if err == nil {
		err = f.inspect(guard(func() error { return f.write(group) }))
	}
	if err == nil {
		for _, c := range group {
			if c.err == nil && c.revision != 0 {
				f.watchers.tell(c.batch.Writes, c.revision)
			}
		}
		return
	}
	for _, c := range group {
		c.revision, c.err = 0, err
	}
}

func (f *File) write(group []*commit) error {
	tx, err := f.db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a Commit it does nothing
	records := tx.Bucket([]byte(recordsBucket))
	changed := false
	for _, c := range group {
		if c.err = checkAll(records, c.batch.Checks); c.err != nil {
			if !errors.Is(c.err, ErrConflict) {
				return c.err
			}
			continue
		}
		if len(c.batch.Writes) == 0 {
			continue
		}
		sequence, err := records.NextSequence()
		if err != nil {
			return err
		}
		c.revision = Revision(sequence)
		if err := writeAll(records, c.batch.Writes, c.revision); err != nil {
			return err
		}
		changed = true
	}
	if !changed {
		return nil
	}
	return tx.Commit()
}

func checkAll(records *bbolt.Bucket, checks []Check) error {
	for _, c := range checks {
		var have Revision
		if stored := records.Get([]byte(c.Key)); stored != nil {
			e, err := decodeEntry([]byte(c.Key), stored)
			if err != nil {
				return err
			}
			have = e.Revision
		}
		if have != c.Revision {
			return ErrConflict
		}
	}
	return nil
}

func writeAll(records *bbolt.Bucket, writes []Write, revision Revision) error {
	for _, w := range writes {
		if w.Delete {
			if err := records.Delete([]byte(w.Key)); err != nil {
				return fmt.Errorf("delete %q: %w", w.Key, err)
			}
			continue
		}
		if err := records.Put([]byte(w.Key), encodeEntry(w.Key, w.Value, revision)); err != nil {
			return fmt.Errorf("put %q: %w", w.Key, err)
		}
	}
	return nil
}

// inspect translates an error of the engine; damage makes the store refuse
// everything from then on.
func (f *File) inspect(err error) error {
	switch {
	case err == nil, errors.Is(err, ErrNotFound):
		return err
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return ErrClosed
	case errors.Is(err, bolterrors.ErrMaxSizeReached):
		return fmt.Errorf("store: %s has reached its largest size: %w", f.path, err)
	case errors.As(err, new(*damageError)):
		err = damaged(f.path, err)
		f.damage.Store(&err)
		return err
	}
	return fmt.Errorf("store: %s: %w", f.path, err)
}

func (f *File) damaged() error {
	if err := f.damage.Load(); err != nil {
		return *err
	}
	return nil
}
