package config

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// The parsers below return, instead of an error, advice that ends a sentence:
// what to write. It is empty when the text was understood.

// split cuts a quantity into its number and its unit.
func split(s string) (number, unit string) {
	s = strings.TrimSpace(s)
	i := strings.LastIndexAny(s, "0123456789.") + 1
	return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i:])
}

// parseDuration reads Go's form of a duration: "1m30s".
func parseDuration(s string) (time.Duration, string) {
	d, err := time.ParseDuration(s)
	if err == nil && d >= 0 {
		return d, ""
	}
	general := `write a number and a unit such as "250ms", "5s" or "1m30s"`
	number, unit := split(s)
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f < 0 {
		return 0, general
	}
	switch strings.ToLower(unit) {
	case "":
		return 0, fmt.Sprintf("the unit is missing; did you mean %q or %q?", number+"ms", number+"s")
	case "msec", "msecs", "millis", "millisecond", "milliseconds", "ms":
		return 0, fmt.Sprintf("did you mean %q?", number+"ms")
	case "sec", "secs", "second", "seconds", "s":
		return 0, fmt.Sprintf("did you mean %q?", number+"s")
	case "min", "mins", "minute", "minutes", "m":
		return 0, fmt.Sprintf("did you mean %q?", number+"m")
	case "hr", "hrs", "hour", "hours", "h":
		return 0, fmt.Sprintf("did you mean %q?", number+"h")
	case "d", "day", "days":
		return 0, fmt.Sprintf("the longest unit is the hour; did you mean %q?", strconv.FormatFloat(f*24, 'f', -1, 64)+"h")
	}
	return 0, general
}

// formatDuration is the shortest form: "20s" and not "20s0ms".
func formatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// unitOf returns how much a unit stands for.
func unitOf(units []unit, name string) (int64, bool) {
	for _, u := range units {
		if u.name == name {
			return u.factor, true
		}
	}
	return 0, false
}

type unit struct {
	name   string
	factor int64
}

func sizeUnits() []unit {
	return []unit{
		{"B", 1},
		{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
		{"KB", 1e3}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
	}
}

// parseSize reads a number of bytes: "64MiB", "1GB", "512B".
func parseSize(s string) (int64, string) {
	number, name := split(s)
	if factor, ok := unitOf(sizeUnits(), name); ok {
		if n, ok := times(number, factor); ok {
			return n, ""
		}
	}
	if _, ok := times(number, 1); ok {
		if name == "" {
			return 0, fmt.Sprintf("the unit is missing; did you mean %q or %q?", number+"MiB", number+"B")
		}
		if letter := strings.ToUpper(name[:1]); strings.Contains("KMGT", letter) {
			return 0, fmt.Sprintf("did you mean %q?", number+letter+"iB")
		}
	}
	return 0, `write a number and a unit such as "64MiB"; units are B, KiB, MiB, GiB, TiB, KB, MB, GB and TB`
}

// ParseSize reads a number of bytes such as "64MiB", as the argument memory
// does.
func ParseSize(s string) (int64, error) {
	n, hint := parseSize(s)
	if hint != "" {
		return 0, fmt.Errorf("%q is not a size: %s", s, hint)
	}
	return n, nil
}

// formatSize is the largest binary unit that divides n.
func formatSize(n int64) string {
	for _, u := range []unit{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.factor && n%u.factor == 0 {
			return strconv.FormatInt(n/u.factor, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}

func countUnits() []unit { return []unit{{"", 1}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}} }

// parseCount reads a large number: "500M".
func parseCount(s string) (int64, string) {
	number, name := split(s)
	if factor, ok := unitOf(countUnits(), name); ok {
		if n, ok := times(number, factor); ok {
			return n, ""
		}
	}
	return 0, `write a number such as "500M"; units are k, M and G`
}

func rateUnits() []unit {
	return []unit{{"s", int64(time.Second)}, {"m", int64(time.Minute)}, {"h", int64(time.Hour)}}
}

// parseRate reads so many in a time: "10/s", "100/m", "5/20s".
func parseRate(s string) (Rate, string) {
	const general = `write a number of calls and a time such as "10/s", "100/m" or "5/20s"`
	count, per, ok := strings.Cut(s, "/")
	n, err := strconv.Atoi(strings.TrimSpace(count))
	if err != nil || n <= 0 {
		return Rate{}, general
	}
	per = strings.TrimSpace(per)
	if !ok || per == "" {
		return Rate{}, fmt.Sprintf("the time is missing; did you mean %q?", strconv.Itoa(n)+"/s")
	}
	if ns, ok := unitOf(rateUnits(), per); ok {
		return Rate{n, time.Duration(ns)}, ""
	}
	if d, err := time.ParseDuration(per); err == nil && d > 0 {
		return Rate{n, d}, ""
	}
	if _, hint := parseDuration("1" + per); strings.HasPrefix(hint, "did you mean ") {
		fixed := strings.TrimSuffix(strings.TrimPrefix(hint, `did you mean "1`), `"?`)
		return Rate{}, fmt.Sprintf("did you mean %q?", strconv.Itoa(n)+"/"+fixed)
	}
	return Rate{}, general
}

// times multiplies a decimal number; the product has to be whole and to fit.
func times(number string, factor int64) (int64, bool) {
	if number == "" || len(number) > 40 || strings.ContainsAny(number, "eEpPxX_/ ") {
		return 0, false
	}
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		return 0, false
	}
	r.Mul(r, new(big.Rat).SetInt64(factor))
	if !r.IsInt() || !r.Num().IsInt64() || r.Sign() < 0 {
		return 0, false
	}
	return r.Num().Int64(), true
}
