// Package slash keeps an application's commands at Discord in line with what
// plugins declare in their manifests.
//
// [Collect] reads the declarations and refuses what cannot work, [Compare] says
// what differs from what Discord has, and a [Registry] lists and applies:
//
//	want, err := slash.Collect(declarations, guild != 0)
//	have, err := registry.List(ctx)
//	changes := slash.Compare(want, have)
//	err = registry.Apply(ctx, changes)
//
// Only what differs is touched: Discord allows 200 new commands a day, and a
// program that registers all of them at each start runs into that.
// https://docs.discord.com/developers/interactions/application-commands
package slash
