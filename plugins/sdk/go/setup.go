package sdk

// setup is what the init document says:
//
//	{"abi": "1.0", "host": "0.1.0", "plugin": "ping", "generation": 1,
//	 "lane": 0, "lanes": 1, "config": {…}, "secrets": {…}, "grants": ["discord", "kv"]}
type setup struct {
	plugin      string
	lane, lanes int
	config      JSON
	secrets     JSON
}

func parseSetup(document JSON) setup {
	return setup{
		plugin:  document.Get("plugin").String(),
		lane:    int(document.Get("lane").Int()),
		lanes:   max(1, int(document.Get("lanes").Int())),
		config:  document.Get("config"),
		secrets: document.Get("secrets"),
	}
}
