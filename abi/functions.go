package abi

// A Function is one host function of Module that a guest may import.
type Function struct {
	Name    string
	Params  string // one letter a parameter: i = i32, l = i64, d = f64
	Results string
	Since   int    // minor version that brought it; above Minor: designed, not spoken yet
	Grant   string // the block of `grant` in the configuration that allows it; "" is always allowed
}

// Functions is the whole contract, in the order of docs/abi.md. Pointers and
// lengths are i32 in bytes of the guest's memory; results are 0, a length or a
// negative Code.
var Functions = []Function{
	{"log", "iii", "i", 0, ""},         // level, ptr, len
	{"log_level", "", "i", 0, ""},      // -> the least level that is shown
	{"done", "i", "i", 0, ""},          // n: frames 0..n-1 of this batch are finished
	{"fail", "ii", "i", 0, ""},         // ptr, len: error text of the frame that is about to fail
	{"metric", "iiid", "i", 0, ""},     // name, kind, value
	{"rest", "lii", "i", 0, "discord"}, // tag, request document
	{"cancel", "l", "i", 0, "discord"}, // tag; best effort
	{"timer", "lll", "i", 0, "timers"}, // tag, delay_ms, period_ms (0: once)
	{"timer_off", "l", "i", 0, "timers"},
	{"kv_get", "iiii", "i", 0, "kv"},       // key, buf, cap -> length of the value, which may exceed cap
	{"kv_put", "iiiil", "i", 0, "kv"},      // key, value, ttl_ms (0: for ever)
	{"kv_version", "ii", "l", 0, "kv"},     // key -> version, NotFound
	{"kv_cas", "iiliil", "i", 0, "kv"},     // key, version (0: must not exist), value, ttl_ms -> Exists when it is another version
	{"kv_del", "ii", "i", 0, "kv"},         // key
	{"kv_add", "iili", "i", 0, "kv"},       // key, delta, out: adds to a decimal number, writes the sum as i64 to out
	{"kv_list", "iiiiii", "i", 0, "kv"},    // prefix, after, buf, cap -> bytes written: u32 length and key, repeated; 0 at the end
	{"gateway", "iiii", "i", 0, "gateway"}, // shard (-1: the frame's own), op, d as JSON
	{"park", "", "i", 2, ""},               // -> handle: the frame in work stays open beyond the batch
	{"enter", "i", "i", 2, ""},             // handle: what follows belongs to that parked frame; 0: to the frame in work
	{"finish", "ii", "i", 2, ""},           // handle, status: a parked frame ends; negative: it has failed
	{"state_write", "iii", "i", 0, ""},     // schema, ptr, len; inside shard_save only
	{"section", "iiii", "i", 3, ""},        // name, buf, cap -> length of the module's own custom section, which may exceed cap
	{"fetch", "lii", "i", 4, "http"},       // tag, request document
	{"publish", "iiii", "i", 1, "bus"},     // topic, ptr, len
}

// FetchRequest is the document of the function fetch, as JSON. The answer is a
// completion frame like that of rest; its body is a JSON object of the answer's
// headers, their names in lower case, a line feed, and the body as it came.
type FetchRequest struct {
	Method      string            `json:"method,omitempty"` // "": GET
	URL         string            `json:"url"`
	Headers     map[string]string `json:"headers,omitempty"`
	Body        string            `json:"body,omitempty"`         // text
	Context     string            `json:"context,omitempty"`      // as in RestRequest
	OnUncertain string            `json:"on_uncertain,omitempty"` // as in RestRequest
	Await       bool              `json:"await,omitempty"`        // as in RestRequest
}

// LookupFunction finds a function by name.
func LookupFunction(name string) (Function, bool) {
	for _, f := range Functions {
		if f.Name == name {
			return f, true
		}
	}
	return Function{}, false
}

// RestRequest is the document of the function rest, as JSON.
type RestRequest struct {
	Method string `json:"method"`
	Path   string `json:"path"`             // below the API version, e.g. "/channels/1/messages?limit=5"
	Body   []byte `json:"-"`                // "body": any JSON value, passed on as it is
	Reason string `json:"reason,omitempty"` // X-Audit-Log-Reason
	// Context comes back as the name of the completion frame; at most MaxContext bytes.
	Context string `json:"context,omitempty"`
	// OnUncertain is what happens when the host died before it knew the
	// outcome of a call that may not be repeated: "" or "fail" gives a
	// completion with Uncertain, "resend" sends it again.
	OnUncertain string `json:"on_uncertain,omitempty"`
	// Await sends the call while its frame is parked, and records the answer
	// with the frame, since 1.2. It is valid only while a parked frame is entered.
	Await bool `json:"await,omitempty"`
}
