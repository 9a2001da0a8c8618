package plugin

import (
	"reflect"
	"strings"

	"github.com/shardhost/shardhost/host/config"
)

// Changes names what is new of the prepared generation: module, or arguments and
// blocks of the configuration, such as grant. None: it was forced.
func (p *Prepared) Changes() []string {
	p.plugin.mu.Lock()
	running := p.plugin.gen
	p.plugin.mu.Unlock()
	var names []string
	if running.info.SHA256 != p.gen.info.SHA256 {
		names = append(names, "module")
	}
	return append(names, differences(running.spec, p.gen.spec)...)
}

// differences names the arguments and blocks in which two configurations of a
// plugin differ, as they are called there.
func differences(a, b config.Plugin) (names []string) {
	a.At, b.At = config.Location{}, config.Location{}
	a.Grant.At, b.Grant.At = config.Location{}, config.Location{}
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		if !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			names = append(names, strings.ToLower(x.Type().Field(i).Name))
		}
	}
	return names
}
