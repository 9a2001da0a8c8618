package abi

// ValidTopic tells whether a message may have that topic: words of lower-case
// letters, digits, - and _ with dots between them.
func ValidTopic(topic string) bool {
	word := 0
	for i := range len(topic) {
		switch c := topic[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
			word++
		case c == '.' && word > 0:
			word = 0
		default:
			return false
		}
	}
	return word > 0
}

// TopicMatches tells whether a pattern covers a topic. In a pattern the word *
// stands for any one word, at the end for one or more.
func TopicMatches(pattern, topic string) bool {
	for {
		want, patternRest, more := cutWord(pattern)
		have, topicRest, left := cutWord(topic)
		switch {
		case want == "*" && !more:
			return true
		case want != "*" && want != have, more != left:
			return false
		case !more:
			return true
		}
		pattern, topic = patternRest, topicRest
	}
}

func cutWord(s string) (word, rest string, more bool) {
	for i := range len(s) {
		if s[i] == '.' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
