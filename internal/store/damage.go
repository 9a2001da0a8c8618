package store

import (
	"fmt"
	"runtime/debug"
)

// A damageError says that the file's content cannot be what was written.
type damageError struct{ err error }

func (e *damageError) Error() string { return e.err.Error() }
func (e *damageError) Unwrap() error { return e.err }

// guard runs a transaction. bbolt maps the file into memory and panics on pages
// that make no sense; reading a page that the disk no longer has is a memory
// fault. Both come back as an error here, because a broken file must not end
// the process.
func guard(transaction func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = &damageError{fmt.Errorf("%v", r)}
		}
	}()
	return transaction()
}
