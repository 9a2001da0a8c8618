package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxShards is bounded by the 16 bits that a frame has for the shard.
const maxShards = 65535

func (d *decoder) gateway(b *hcl.Block, g *Gateway) {
	g.At = location(b.DefRange)
	d.body("gateway", b.Body, shape{
		args: []argument{
			{"compress", enum(&g.Compress, "zstd-stream", "zlib-stream", "payload", "none"), "how what Discord sends is compressed"},
			{"identify_reserve", custom("share, `\"0%\"` to `\"90%\"`", "`\"20%\"`", func(v value) { v.share(&g.IdentifyReserve, 90) }), "of the day's IDENTIFYs that is never spent"},
			{"identify_breaker", custom("number, or `\"off\"`", code("%d", g.IdentifyBreaker), func(v value) { v.breaker(&g.IdentifyBreaker) }), "IDENTIFYs in an hour that are let through beyond one for each shard; see below"},
		},
		blocks: map[string]blockShape{
			"shards": {decode: func(b *hcl.Block) { d.shards(b, g) }},
		},
	})
}

// share sets p to a part of a whole, of at most so many percent: "20%" or 0.2.
func (v value) share(p *float64, most float64) {
	s, ok := v.quantity()
	if !ok {
		return
	}
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		f /= 100
	}
	switch {
	case err != nil || f != f:
		v.wrong("%s is not a share: write it in percent, such as \"20%%\".", v.show())
	case f > 1 && !percent && f <= most:
		v.wrong("%s is more than the whole.%s", v.show(), v.did(number+"%"))
	case v.within(f < 0, f > most/100, "0%", strconv.FormatFloat(most, 'f', -1, 64)+"%"):
		*p = f
	}
}

// breaker sets p to a number of IDENTIFYs, or to 0 for "off".
func (v value) breaker(p *int) {
	if v.Type() != cty.String {
		integer(p, 1, 1_000_000).set(v)
		return
	}
	if v.AsString() != "off" {
		v.wrong("%s is neither a number of IDENTIFYs nor \"off\".", v.show())
		return
	}
	*p = 0
}

// did is a sentence with one proposal.
func (v value) did(s string) string {
	if v.sensitive {
		return ""
	}
	return " Did you mean " + strconv.Quote(s) + "?"
}

func (d *decoder) shards(b *hcl.Block, g *Gateway) {
	var ids *value
	d.body("gateway.shards", b.Body, shape{args: []argument{
		{"count", custom("`\"auto\"`, or number, 1 to 65535", "`\"auto\"`", func(v value) { v.shardCount(&g.ShardCount) }), "shards in all: with `auto` as many as Discord recommends"},
		{"ids", custom("text such as `\"0-15,32\"`, or list of numbers", "all", func(v value) { ids = &v }), "the shards of this process"},
	}})
	if ids != nil {
		g.ShardIDs = ids.shardIDs(g.ShardCount)
	}
}

func (v value) shardCount(p *int) {
	if v.Type() == cty.String {
		s := v.AsString()
		if s == "auto" {
			return
		}
		if hint := v.meantNumber(); hint != "" {
			v.wrong("The number of shards is written without quotes, or \"auto\".%s", hint)
			return
		}
		v.wrong("%s is neither \"auto\" nor a number of shards.", v.show())
		return
	}
	integer(p, 1, maxShards).set(v)
}

// shardIDs takes "0-15,32" or a list of numbers; the result is sorted.
func (v value) shardIDs(count int) []int {
	limit := maxShards
	if count > 0 {
		limit = count
	}
	var ids []int
	if v.Type() == cty.String {
		s := v.AsString()
		for part := range strings.SplitSeq(s, ",") {
			from, to, ok := shardRange(part)
			if !ok {
				v.wrong("%s is not a list of shards: write numbers and ranges such as \"0-15,32\".", v.show())
				return nil
			}
			if to >= limit {
				v.wrong("There are %d shards, numbered from 0 to %d: %d is not one of them.", limit, limit-1, to)
				return nil
			}
			if len(ids)+to-from >= limit {
				v.wrong("More than %d shards are named: one of them is named twice.", limit)
				return nil
			}
			for id := from; id <= to; id++ {
				ids = append(ids, id)
			}
		}
	} else {
		elements, ok := v.elements()
		if !ok {
			return nil
		}
		for _, e := range elements {
			if id, ok := e.whole(0, int64(limit-1)); ok {
				ids = append(ids, int(id))
			}
		}
	}
	slices.Sort(ids)
	for i := 1; i < len(ids); i++ {
		if ids[i] == ids[i-1] {
			v.wrong("Shard %d is named twice.", ids[i])
			return nil
		}
	}
	if len(ids) == 0 {
		v.wrong("No shard is named. Leave ids out to have all of them.")
	}
	return ids
}

// shardRange reads "3" or "0-15".
func shardRange(s string) (from, to int, ok bool) {
	low, high, isRange := strings.Cut(strings.TrimSpace(s), "-")
	from, err := strconv.Atoi(strings.TrimSpace(low))
	if err != nil || from < 0 {
		return 0, 0, false
	}
	if !isRange {
		return from, from, true
	}
	to, err = strconv.Atoi(strings.TrimSpace(high))
	return from, to, err == nil && to >= from
}
