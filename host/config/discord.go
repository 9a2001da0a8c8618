package config

import (
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/shardhost/shardhost/discord"
)

// portal is where the owner of a bot finds its token.
const portal = "https://discord.com/developers/applications"

func (d *decoder) discord(b *hcl.Block, c *Discord) {
	c.At = location(b.DefRange)
	var token, file *value
	args := []argument{
		{"token", custom("secret", "none", func(v value) { token = &v }), "the bot's token, from `env` or `file`; a token that is written into the file is an error"},
		{"token_file", custom("path", "none", func(v value) { file = &v }), "instead: a file with the token, such as `\"/run/secrets/discord_token\"`; for a systemd credential `\"${env(\"CREDENTIALS_DIRECTORY\")}/token\"`"},
		{"intents", custom("`\"auto\"` or list of names", "`\"auto\"`", func(v value) { v.intents(c) }), "what sessions ask for: with `auto`, derived from what the plugins subscribe to"},
		{"allow_privileged", texts(&c.AllowPrivileged, value.privileged).as("list of names"), "privileged intents that `\"auto\"` may ask for: `GUILD_MEMBERS`, `GUILD_PRESENCES`, `MESSAGE_CONTENT`"},
	}
	if d.opts.Overrides.Token != "" {
		ignore(args, "token", "token_file")
	}
	d.body("discord", b.Body, shape{
		args: args,
		blocks: map[string]blockShape{
			"api":      {decode: func(b *hcl.Block) { d.api(b, &c.API) }},
			"presence": {decode: func(b *hcl.Block) { c.Presence = d.presence(b) }},
		},
	})
	switch {
	case token != nil && file != nil:
		d.errorf(file.rng, "Two tokens", "Both token and token_file are set: keep one of them.")
	case token != nil:
		c.Token = token.token()
	case file != nil:
		c.Token = file.tokenFile()
	case d.opts.Overrides.Token == "" && !d.argument(b, "token") && !d.argument(b, "token_file"):
		d.errorf(b.DefRange, "Missing token", "Write token = env(\"DISCORD_TOKEN\"), or token_file = \"/run/secrets/discord_token\". The token is at %s, page Bot.", portal)
	}
}

// token takes a token that came from the environment or a file.
func (v value) token() Secret {
	s, ok := v.text()
	if !ok {
		return Secret{}
	}
	if !v.sensitive {
		v.d.errorf(v.rng, "Token written into the configuration", "A token in a file ends up in version control and in backups. Write token = env(\"DISCORD_TOKEN\"), or token_file = \"/run/secrets/discord_token\". If this file was ever shared, reset the token at %s.", portal)
		return Secret{}
	}
	return v.checkToken(s)
}

func (v value) tokenFile() Secret {
	s, ok := v.filled()
	if !ok {
		return Secret{}
	}
	token, err := readText(v.d.path(v.rng, s))
	if err != nil {
		v.wrong("%s.", err)
		return Secret{}
	}
	v.d.keep(token)
	return v.checkToken(token)
}

// checkToken judges a token without ever quoting it.
func (v value) checkToken(s string) Secret {
	s = strings.TrimSpace(s)
	s = strings.TrimSpace(strings.TrimPrefix(s, "Bot "))
	switch {
	case s == "":
		v.wrong("The token is empty. It is at %s, page Bot.", portal)
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) || r > unicode.MaxASCII }):
		v.wrong("The token has a space or another character that no token has: copy it again from %s, page Bot.", portal)
	default:
		return NewSecret(s)
	}
	return Secret{}
}

// intents takes "auto" or a list of names.
func (v value) intents(c *Discord) {
	if v.Type() == cty.String {
		if s := v.AsString(); s != "auto" {
			v.wrong("%s is neither \"auto\" nor a list of intents such as [\"GUILDS\", \"GUILD_MESSAGES\"].", v.show())
		}
		return
	}
	c.IntentsAuto = false
	texts(&c.Intents, value.intent).set(v)
}

func (v value) intent(s string) bool {
	_, err := discord.ParseIntents([]string{s})
	if err != nil {
		v.wrong("There is no intent %s.%s", v.quoted(), v.suggest(s, discord.IntentNames()))
	}
	return err == nil
}

func (v value) privileged(s string) bool {
	i, err := discord.ParseIntents([]string{s})
	switch {
	case err != nil:
		v.wrong("There is no privileged intent %s; they are %s.%s", v.quoted(), list(discord.IntentsPrivileged.Names()), v.suggest(s, discord.IntentsPrivileged.Names()))
	case i&discord.IntentsPrivileged == 0:
		v.wrong("The intent %s is not privileged and needs no permission: take it out of the list.", v.quoted())
	default:
		return true
	}
	return false
}

// quoted is show, for use after a noun.
func (v value) quoted() string {
	if v.sensitive {
		return "with this name"
	}
	return v.show()
}

func (d *decoder) api(b *hcl.Block, a *API) {
	d.body("discord.api", b.Body, shape{args: []argument{
		{"base_url", custom("URL", code("%q", a.BaseURL), func(v value) { v.baseURL(&a.BaseURL) }), "any service that is compatible with Discord"},
		{"timeout", duration(&a.Timeout, 100*time.Millisecond, 5*time.Minute), "of one request"},
	}})
}

func (v value) baseURL(p *string) {
	s, ok := v.filled()
	if !ok {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" {
		v.wrong("%s is not the URL of an API: write one such as \"https://discord.com/api\".", v.show())
		return
	}
	if u.User != nil {
		v.wrong("The URL has a user or password in it: the API takes the token and nothing else.")
		return
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		v.d.warnf(v.rng, "Token sent unencrypted", "With http the token crosses the network in the clear. Write https.")
	}
	*p = strings.TrimRight(s, "/")
}

// loopback tells whether a host is this machine.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

func (d *decoder) presence(b *hcl.Block) *Presence {
	p := &Presence{Status: "online"}
	d.body("discord.presence", b.Body, shape{args: []argument{
		{"status", enum(&p.Status, "online", "dnd", "idle", "invisible"), "the dot beside the bot's name"},
		{"activity", enum(&p.Activity, "playing", "streaming", "listening", "watching", "custom", "competing").or("`\"playing\"` when there is a name"), "what it is seen to do"},
		{"name", text(&p.Name), "what is played, or the text of `custom`"},
		{"url", text(&p.URL), "of a stream; only for `streaming`"},
	}})
	switch {
	case p.Activity != "" && p.Name == "":
		d.errorf(b.DefRange, "Missing name", "An activity needs a name, for example name = \"with wasm\".")
	case p.Activity == "" && p.Name != "":
		p.Activity = "playing"
	}
	if p.URL != "" && p.Activity != "streaming" {
		d.errorf(b.DefRange, "Unused url", "Only activity = \"streaming\" has a url.")
	}
	return p
}
