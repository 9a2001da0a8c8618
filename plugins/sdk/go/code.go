package sdk

import "github.com/shardhost/shardhost/abi"

// Errors that calls of a Ctx may wrap; compare with errors.Is.
var (
	ErrInvalid  error = abi.Invalid  // an argument that cannot be right, or no handler is running
	ErrDenied   error = abi.Denied   // the configuration does not grant it; the host's log says which line to change
	ErrTryAgain error = abi.TryAgain // a quota is used up, or too many requests are in flight
	ErrNotFound error = abi.NotFound
	ErrTooBig   error = abi.TooBig
	ErrExists   error = abi.Exists // Swap: somebody else wrote in between
)

// callError says which call the host refused.
type callError struct {
	call, object string
	code         abi.Code
}

func (e *callError) Error() string {
	text := e.call
	if e.object != "" {
		text += " " + e.object
	}
	return text + ": " + e.code.Error()
}

func (e *callError) Unwrap() error { return e.code }

// failed makes an error of a negative result of the host.
func failed(call, object string, result int32) error {
	if result >= 0 {
		return nil
	}
	return &callError{call, object, abi.Code(result)}
}
