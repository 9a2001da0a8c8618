package journal

// Progress is how far one lane has come with the events of every shard,
// including those whose effects were nothing and cost no commit. A checkpoint
// is committed with it: what the memory has seen is what the position says. It
// belongs to the lane's goroutine; the zero value has seen nothing.
type Progress struct {
	marks map[shardKey]*mark
	last  *mark // of the event before: mostly the same shard
	key   shardKey
}

type shardKey struct{ of, shard int }

// Finish takes note of an event that the lane has finished.
func (p *Progress) Finish(at Position) {
	if at.Seq < 0 {
		return // without a sequence it never comes again
	}
	if key := (shardKey{at.Of, at.Shard}); p.last == nil || p.key != key {
		if p.marks == nil {
			p.marks = map[shardKey]*mark{}
		}
		if p.marks[key] == nil {
			p.marks[key] = &mark{seq: -1}
		}
		p.last, p.key = p.marks[key], key
	}
	p.last.advance(at)
}

// Positions are the finished events, each standing for all before it.
func (p *Progress) Positions() []Position {
	var all []Position
	for key, m := range p.marks {
		at := Position{Shard: key.shard, Of: key.of, Session: m.session, Seq: m.seq}
		if m.seq >= 0 {
			all = append(all, at)
		}
		for _, seq := range m.ahead {
			at.Seq, at.Ahead = seq, true
			all = append(all, at)
		}
	}
	return all
}
