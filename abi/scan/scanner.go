package scan

// Scanner walks over the fields of one JSON object or the elements of one
// array. It trusts brackets and quotes and checks nothing else, which is what a
// reader of Discord's own output needs; on other text it stops early.
type Scanner struct {
	Text  []byte
	at    int
	open  bool   // inside the object or array
	Key   []byte // of the field, escapes and all
	Value []byte // of the field or element
}

// NextField goes to the next field of an object. false: there is no other.
func (s *Scanner) NextField() bool {
	i := s.next('{', '}')
	text := s.Text
	if i >= len(text) || text[i] != '"' {
		return s.stop()
	}
	start := i + 1
	if i = StringEnd(text, start); i == 0 {
		return s.stop()
	}
	s.Key = text[start : i-1 : i-1]
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	if i >= len(text) || text[i] != ':' {
		return s.stop()
	}
	i++
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	return s.take(i)
}

// NextItem goes to the next element of an array. false: there is no other.
func (s *Scanner) NextItem() bool { return s.take(s.next('[', ']')) }

// next returns where the next field or element begins, behind the opening
// bracket or a comma, and len(s.Text) when there is none.
func (s *Scanner) next(opening, closing byte) int {
	text, i := s.Text, s.at
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	before := opening
	if s.open {
		before = ','
	}
	if i >= len(text) || text[i] != before {
		return len(text)
	}
	s.open = true
	i++
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	if i < len(text) && text[i] == closing {
		return len(text)
	}
	return i
}

// take makes the value at i the present one. One that is cut short goes to the
// end of the text.
func (s *Scanner) take(i int) bool {
	if i >= len(s.Text) {
		return s.stop()
	}
	s.at = ValueEnd(s.Text, i)
	s.Value = s.Text[i:s.at:s.at]
	return true
}

// stop ends the walk for good.
func (s *Scanner) stop() bool {
	s.at, s.open = len(s.Text), true
	return false
}

// KeyIs compares the key with a name.
func (s *Scanner) KeyIs(name string) bool {
	return string(s.Key) == name || !IsPlain(s.Key) && Unquote(s.Key) == name
}

func isEnd(c byte) bool { return c <= ' ' || c == ',' || c == '}' || c == ']' }
