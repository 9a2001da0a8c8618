package admin

import (
	"encoding/json"
	"errors"
	"net/http"
)

// Codes of an Error.
const (
	CodeBadRequest   = "bad_request"       // the request cannot be read
	CodeUnauthorized = "unauthorized"      // no token, or a wrong one
	CodeForbidden    = "forbidden"         // wrong Host, or from another origin
	CodeNotFound     = "not_found"         // no such route
	CodeMethod       = "method"            // the route exists, with another method
	CodeConfig       = "config_invalid"    // the configuration has errors: see Text and Diagnostics
	CodeModule       = "module_invalid"    // a plugin cannot be built, loaded or started
	CodeIdentify     = "identify_required" // refused: it would cost IDENTIFYs
	CodeBudget       = "identify_budget"   // refused: the budget of IDENTIFYs does not allow it now
	CodeBusy         = "busy"              // another reload is under way
	CodeFailed       = "failed"            // everything else
)

// Error is why the host refused or failed, as its API tells it.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"` // one line: what, where, what to do

	// Text is the whole explanation for a terminal, of several lines, such as
	// configuration diagnostics with their snippets; "": Message says it all.
	Text string `json:"text,omitempty"`

	// Diagnostics is the same for a program, in the form that
	// `shardhost validate --json` prints; nil: none.
	Diagnostics json.RawMessage `json:"diagnostics,omitempty"`
}

func (e *Error) Error() string { return e.Message }

// Detail is the whole explanation of an error that is, or wraps, an *Error; ""
// for any other.
func Detail(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Text
	}
	return ""
}

// status is the HTTP status that goes with the code.
func (e *Error) status() int {
	switch e.Code {
	case CodeBadRequest:
		return http.StatusBadRequest
	case CodeUnauthorized:
		return http.StatusUnauthorized
	case CodeForbidden:
		return http.StatusForbidden
	case CodeNotFound:
		return http.StatusNotFound
	case CodeMethod:
		return http.StatusMethodNotAllowed
	case CodeConfig, CodeModule, CodeIdentify, CodeBudget:
		return http.StatusUnprocessableEntity
	case CodeBusy:
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}
