package abi

import "testing"

func TestTopics(t *testing.T) {
	for _, c := range []struct {
		pattern, topic string
		want           bool
	}{
		{"levels.up", "levels.up", true},
		{"levels.up", "levels.down", false},
		{"levels.up", "levels", false},
		{"levels", "levels.up", false},
		{"levels.*", "levels.up", true},
		{"levels.*", "levels.up.twice", true},
		{"levels.*", "levels", false},
		{"levels.*", "level.up", false},
		{"*", "levels", true},
		{"*", "levels.up.twice", true},
		{"*.up", "levels.up", true},
		{"*.up", "levels.up.twice", false},
		{"levels.*.up", "levels.7.up", true},
		{"levels.*.up", "levels.7.8.up", false},
		{"levels.*.*", "levels.7", false},
		{"levels.*.*", "levels.7.8.9", true},
	} {
		if got := TopicMatches(c.pattern, c.topic); got != c.want {
			t.Errorf("TopicMatches(%q, %q) = %v", c.pattern, c.topic, got)
		}
	}
	for topic, want := range map[string]bool{
		"a": true, "a.b-c_9": true, "": false, ".": false, "a.": false, ".a": false, "a..b": false, "A": false, "a b": false, "*": false, "ä": false,
	} {
		if got := ValidTopic(topic); got != want {
			t.Errorf("ValidTopic(%q) = %v", topic, got)
		}
	}
}
