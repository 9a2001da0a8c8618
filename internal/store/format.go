package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"

	"go.etcd.io/bbolt"
)

// format is the number of the form in which a file keeps its records. A file of
// an older one is brought up to date when it is opened, one of a newer one is
// refused.
//
//   - 1: bucket records; a record is its revision and the value
//   - 2: bucket entries; a record is its revision, a checksum of key, revision
//     and value, and the value
const format = 2

// Buckets of a file.
const (
	recordsBucket    = "entries" // its sequence is the highest revision given out
	oldRecordsBucket = "records" // of format 1
	metaBucket       = "meta"
	formatKey        = "format"
)

// Sizes of a record's header, in bytes.
const (
	revisionSize = 8
	checksumSize = 4
	headerSize   = revisionSize + checksumSize
)

// newerError says that a file is of a later format.
type newerError struct{ format int }

func (e *newerError) Error() string {
	return fmt.Sprintf("it was written by a newer shardhost (format %d, this one knows %d)", e.format, format)
}

// encodeEntry makes a record.
func encodeEntry(key string, value []byte, revision Revision) []byte {
	stored := make([]byte, headerSize, headerSize+len(value))
	binary.BigEndian.PutUint64(stored, uint64(revision))
	stored = append(stored, value...)
	binary.BigEndian.PutUint32(stored[revisionSize:], checksum([]byte(key), stored))
	return stored
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is that of a record, but for the checksum itself.
func checksum(key, stored []byte) uint32 {
	sum := crc32.Update(0, castagnoli, key)
	sum = crc32.Update(sum, castagnoli, stored[:revisionSize])
	return crc32.Update(sum, castagnoli, stored[headerSize:])
}

func checkEntry(key, stored []byte) error {
	switch {
	case len(stored) < headerSize:
		return &damageError{fmt.Errorf("record %q has %d bytes, too few for its header", key, len(stored))}
	case binary.BigEndian.Uint32(stored[revisionSize:]) != checksum(key, stored):
		return &damageError{fmt.Errorf("record %q is not what was written", key)}
	}
	return nil
}

// decodeEntry copies one record out of the file's memory.
func decodeEntry(key, stored []byte) (Entry, error) {
	if err := checkEntry(key, stored); err != nil {
		return Entry{}, err
	}
	return Entry{
		Key:      string(key),
		Value:    append([]byte{}, stored[headerSize:]...),
		Revision: Revision(binary.BigEndian.Uint64(stored)),
	}, nil
}

// readFormat reads the number that a file's meta bucket holds.
func readFormat(value []byte) (int, error) {
	n, err := strconv.Atoi(string(value))
	switch {
	case err != nil || n < 1:
		return 0, &damageError{fmt.Errorf("its format is %q", value)}
	case n > format:
		return n, &newerError{n}
	}
	return n, nil
}

// bucketsReady tells whether a file is of the present format.
func bucketsReady(tx *bbolt.Tx) error {
	meta := tx.Bucket([]byte(metaBucket))
	if meta == nil || string(meta.Get([]byte(formatKey))) != strconv.Itoa(format) || tx.Bucket([]byte(recordsBucket)) == nil {
		return errNotReady
	}
	return nil
}

var errNotReady = errors.New("the file is new, or of another format")

// prepareBuckets makes the buckets of a new file, and brings those of an older
// format up to date.
func prepareBuckets(tx *bbolt.Tx) error {
	meta, err := tx.CreateBucketIfNotExists([]byte(metaBucket))
	if err != nil {
		return err
	}
	if value := meta.Get([]byte(formatKey)); value != nil {
		_, err := readFormat(value)
		return err
	}
	records, err := tx.CreateBucketIfNotExists([]byte(recordsBucket))
	if err != nil {
		return err
	}
	if err := migrateRecords(tx, records); err != nil {
		return fmt.Errorf("bring it from format 1 to %d: %w", format, err)
	}
	return meta.Put([]byte(formatKey), []byte(strconv.Itoa(format)))
}

// migrateRecords moves what a file of format 1 holds.
func migrateRecords(tx *bbolt.Tx, records *bbolt.Bucket) error {
	old := tx.Bucket([]byte(oldRecordsBucket))
	if old == nil {
		return nil
	}
	err := old.ForEach(func(key, stored []byte) error {
		if len(stored) < revisionSize {
			return &damageError{fmt.Errorf("record %q has %d bytes, too few for its revision", key, len(stored))}
		}
		revision := Revision(binary.BigEndian.Uint64(stored))
		return records.Put(key, encodeEntry(string(key), stored[revisionSize:], revision))
	})
	return errors.Join(err, records.SetSequence(old.Sequence()), tx.DeleteBucket([]byte(oldRecordsBucket)))
}

// verify reads an existing file through before bbolt trusts it.
func verify(path string) error {
	number := 0
	var broken, unknown error
	err := verifyFile(path, func(bucket string, key, value []byte) error {
		switch {
		case bucket == metaBucket && string(key) == formatKey:
			number, unknown = readFormat(value)
		case bucket == recordsBucket && broken == nil:
			broken = checkEntry(key, value)
		}
		return nil
	})
	switch {
	case errors.As(unknown, new(*newerError)):
		return unknown // whatever else there is, the newer one knows
	case err != nil:
		return &damageError{err}
	case unknown != nil:
		return unknown
	case number == format:
		return broken
	}
	return nil
}
