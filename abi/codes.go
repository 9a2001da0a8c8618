package abi

// Code is the result of a host function: 0 or a length when it is not
// negative, else one of the codes below. Completion frames carry them too.
type Code int32

const (
	OK          Code = 0
	Invalid     Code = -1
	Denied      Code = -2
	TryAgain    Code = -3 // quota or too much in flight
	NotFound    Code = -4
	TooBig      Code = -5
	Exists      Code = -6
	Closing     Code = -7
	Internal    Code = -8
	Unsupported Code = -9
	Uncertain   Code = -10 // completion: the host died before it knew whether the call took effect
)

func (c Code) String() string {
	if c >= 0 {
		return "ok"
	}
	names := [...]string{"", "invalid", "denied", "try again", "not found", "too big", "exists", "closing", "internal error", "unsupported", "uncertain"}
	if int(-c) < len(names) {
		return names[-c]
	}
	return "unknown code"
}

// Error makes a negative Code usable as an error.
func (c Code) Error() string { return c.String() }
