// Package golden runs a plugin's tests: files that say which frames go in and
// what comes out. A file is a txtar archive:
//
//	What the test is about.
//	-- plugin.hcl --
//	config {
//	  channel = "5"
//	}
//	-- kv.json --
//	{"count/81": "4"}
//	-- frames --
//	{"event":"MESSAGE_CREATE","body":{"guild_id":"81","channel_id":"5","content":"!count"}}
//	{"answer":"POST /channels/*/messages","status":200,"body":{"id":"7"}}
//	{"kind":"timer"}
//	-- effects --
//	1 MESSAGE_CREATE
//	  kv add count/81 +1
//
// Each line of frames is a frame as package recording writes it; or an answer
// to the first call that waits for one and that the pattern matches; or a timer
// without a tag: the one that is due next. The time begins with 2026 and stands
// still but for what frames say and timers wait. Only frames and effects must be
// there.
package golden
