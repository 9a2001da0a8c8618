package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maskByte stands in quoted source where a secret was written.
const maskByte = '*'

// tokenShape is how a bot token looks: the bot's id in base64, a time, a
// signature. One that got into a file anywhere is masked.
var tokenShape = regexp.MustCompile(`[\w-]{23,30}\.[\w-]{5,8}\.[\w-]{25,}`)

// mask returns a copy of a file in which every secret that it spells out is
// overwritten, and those secrets. It works on tokens, so that it also masks
// what could not be parsed.
func mask(src []byte) (masked []byte, secrets []string) {
	masked = slices.Clone(src)
	hide := func(from, to int) {
		secrets = append(secrets, string(src[from:to]))
		for i := from; i < to; i++ {
			if masked[i] != '\n' {
				masked[i] = maskByte
			}
		}
	}
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	m := masker{tokens: tokens}
	for i, t := range tokens {
		if m.secret(i) {
			hide(t.Range.Start.Byte, t.Range.End.Byte)
		}
	}
	for _, at := range tokenShape.FindAllIndex(src, -1) {
		hide(at[0], at[1])
	}
	return masked, secrets
}

// masker follows which argument of which block a token belongs to.
type masker struct {
	tokens hclsyntax.Tokens
	blocks []string // names of the open braces' blocks; "" for an object's
	head   string   // first identifier of the line
	depth  int      // brackets open inside the argument's value
	inside bool     // in the value of an argument
}

// secret tells whether token i spells out a secret; it is called for each
// token in turn.
func (m *masker) secret(i int) bool {
	t := m.tokens[i]
	switch t.Type {
	case hclsyntax.TokenNewline:
		if m.depth == 0 {
			m.head, m.inside = "", false
		}
	case hclsyntax.TokenEqual:
		if !m.inside {
			m.inside, m.depth = true, 0
		}
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		if m.inside {
			m.depth++
		} else if t.Type == hclsyntax.TokenOBrace {
			m.blocks = append(m.blocks, m.head)
			m.head = ""
		}
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
		if m.inside && m.depth > 0 {
			m.depth--
		} else if t.Type == hclsyntax.TokenCBrace && len(m.blocks) > 0 {
			m.blocks = m.blocks[:len(m.blocks)-1]
			m.head, m.inside = "", false
		}
	case hclsyntax.TokenIdent:
		if m.head == "" && !m.inside {
			m.head = string(t.Bytes)
		}
	}
	if !m.inside || m.head != "token" && !slices.ContainsFunc(m.blocks, func(name string) bool { return name == "secrets" || name == "headers" }) {
		return false
	}
	switch t.Type {
	case hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit:
		return !m.names(i)
	case hclsyntax.TokenIdent:
		return !m.call(i) && !m.reference(i)
	case hclsyntax.TokenNumberLit, hclsyntax.TokenInvalid, hclsyntax.TokenBadUTF8:
		return true
	}
	return false
}

// at returns the kind of a token, or of the end where there is none.
func (m *masker) at(i int) (hclsyntax.TokenType, string) {
	if i < 0 || i >= len(m.tokens) {
		return hclsyntax.TokenEOF, ""
	}
	return m.tokens[i].Type, string(m.tokens[i].Bytes)
}

// names tells whether the literal is the first argument of env or file, which
// names a secret and is none.
func (m *masker) names(i int) bool {
	quote, _ := m.at(i - 1)
	paren, _ := m.at(i - 2)
	_, function := m.at(i - 3)
	return quote == hclsyntax.TokenOQuote && paren == hclsyntax.TokenOParen && (function == "env" || function == "file")
}

// call tells whether the identifier is a function's name.
func (m *masker) call(i int) bool {
	next, _ := m.at(i + 1)
	return next == hclsyntax.TokenOParen
}

// reference tells whether the identifier belongs to var.x or local.x.
func (m *masker) reference(i int) bool {
	_, word := m.at(i)
	if word == "var" || word == "local" {
		return true
	}
	dot, _ := m.at(i - 1)
	_, root := m.at(i - 2)
	return dot == hclsyntax.TokenDot && (root == "var" || root == "local")
}

// minRedacted is the length from which a text is taken out of messages. The
// marks on values keep the others out; replacing short words would only make
// messages unreadable.
const minRedacted = 8

// redactor replaces secrets in messages.
func redactor(secrets []string) *strings.Replacer {
	secrets = slices.Clone(secrets)
	// The longest first: a replacer prefers earlier arguments.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range slices.Compact(secrets) {
		if len(s) >= minRedacted {
			pairs = append(pairs, s, redacted)
		}
	}
	return strings.NewReplacer(pairs...)
}
