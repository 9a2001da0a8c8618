package discordtest

// Chaos is a profile of faults that a server injects by itself.
type Chaos string

// The profiles.
const (
	ChaosNone  Chaos = ""
	ChaosMild  Chaos = "mild"  // what a bot meets in a bad week: every connection comes back with its session
	ChaosHarsh Chaos = "harsh" // everything at once, lost sessions and broken streams among it
)

func (s *Server) unleash(Chaos) {}
