package gateway

import "fmt"

// A State is where a gateway stands in its life:
//
//	closed ──Open──> dialing ──> awaiting hello ──┬──> awaiting slot ──> identifying ──┬──> ready
//	                    ^                         └──> resuming ───────────────────────┘      │
//	                    └─────────────────────── waiting <──── the connection ended ──────────┘
//
// Close leads to closed from everywhere, and so does a refusal that trying
// again would not change.
type State uint8

// The states of a gateway.
const (
	StateClosed        State = iota // not opened, or closed
	StateDialing                    // a connection is being made
	StateAwaitingHello              // connected; the service has to speak first
	StateAwaitingSlot               // connected; the governor has to allow an IDENTIFY
	StateIdentifying                // IDENTIFY sent, READY awaited
	StateResuming                   // RESUME sent, missed events come in, RESUMED awaited
	StateReady                      // events come in, commands go out
	StateWaiting                    // pausing before the next connection
	StateFailed                     // ended for good: see Err
)

func (s State) String() string {
	switch s {
	case StateClosed:
		return "closed"
	case StateDialing:
		return "dialing"
	case StateAwaitingHello:
		return "awaiting hello"
	case StateAwaitingSlot:
		return "awaiting slot"
	case StateIdentifying:
		return "identifying"
	case StateResuming:
		return "resuming"
	case StateReady:
		return "ready"
	case StateWaiting:
		return "waiting"
	case StateFailed:
		return "failed"
	}
	return fmt.Sprintf("state %d", uint8(s))
}

// MarshalText writes the state's name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
