package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/slash"
	"github.com/shardhost/shardhost/internal/rest"
)

func newCommands(g *globals) *cobra.Command {
	cmd := &cobra.Command{Use: "commands", Short: "Keep slash commands at Discord in line with the plugins"}
	group(cmd)
	cmd.AddCommand(newCommandsDiff(g), newCommandsSync(g))
	return cmd
}

func newCommandsDiff(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff",
		Short: "Show how the commands that plugins declare differ from those at Discord",
		Long: "Show how the commands that the plugins of the configuration declare differ from those that\n" +
			"Discord has. Nothing is changed. Needs the bot's token, and no running host.",
		Args: exactly(0, ""),
	}
	asJSON := jsonFlag(cmd)
	detailed := cmd.Flags().Bool("detailed-exitcode", false, "exit with 2 when something differs")
	g.compared(cmd, func(_ context.Context, s *slashSync) (err error) {
		if *asJSON {
			err = s.printJSON(g.Out)
		} else {
			s.print(g.Out)
			if n := slash.Pending(s.changes); n > 0 {
				g.say("%s would be changed by `shardhost commands sync`.", count(n, "command"))
			}
		}
		if err == nil && *detailed && slash.Pending(s.changes) > 0 {
			return errChanges
		}
		return err
	})
	return cmd
}

func newCommandsSync(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Register the commands that plugins declare, and only what differs",
		Long: "Bring the commands that Discord has into line with those that the plugins of the\n" +
			"configuration declare. What is equal is not touched: Discord allows 200 new commands a day.\n" +
			"Commands that no plugin declares are deleted, unless --keep is given.",
		Args: exactly(0, ""),
	}
	asJSON := jsonFlag(cmd)
	keep := cmd.Flags().Bool("keep", false, "leave commands that no plugin declares")
	g.compared(cmd, func(ctx context.Context, s *slashSync) error {
		if *keep {
			s.keep()
		}
		var done func(slash.Change)
		if !*asJSON {
			done = func(c slash.Change) { fmt.Fprintln(g.Out, changeLine(c)) }
		}
		if err := s.registry.Apply(ctx, s.changes, done); err != nil {
			return err
		}
		if *asJSON {
			return s.printJSON(g.Out)
		}
		g.say("%s changed, %d unchanged.", count(slash.Pending(s.changes), "command"), len(s.changes)-slash.Pending(s.changes))
		return nil
	})
	return cmd
}

// slashSync is what a sync would do.
type slashSync struct {
	guild    discord.GuildID
	client   *rest.Client
	registry *slash.Registry
	changes  []slash.Change
}

// compared gives a command the flag --guild, and what it does when the commands
// of the configuration's plugins were compared with Discord's.
func (g *globals) compared(cmd *cobra.Command, f func(context.Context, *slashSync) error) {
	guild := cmd.Flags().String("guild", "", "the commands of one guild, by id, where changes show at once (default: those of all guilds)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s := &slashSync{}
		if *guild != "" {
			id, err := discord.ParseSnowflake(*guild)
			if err != nil || !id.IsValid() {
				return usage(cmd, "--guild %q is no id: copy it in Discord with developer mode on", *guild)
			}
			s.guild = discord.GuildID(id)
		}
		cfg, err := g.load(cmd)
		if err != nil {
			return err
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		declared, err := host.Declarations(ctx, cfg, hclog.NewNullLogger())
		if err != nil {
			return err
		}
		want, err := slash.Collect(declared, s.guild != 0)
		if err != nil {
			return err
		}
		s.client, err = rest.New(rest.Options{
			BaseURL: cfg.Discord.API.BaseURL, Token: cfg.Discord.Token.Reveal(), Timeout: cfg.Discord.API.Timeout,
			UserAgent: rest.UserAgent(buildInfo().Version),
		})
		if err != nil {
			return err
		}
		defer s.client.Close()
		if err := s.compare(ctx, want); err != nil {
			return err
		}
		return f(ctx, s)
	}
}

func (s *slashSync) compare(ctx context.Context, want []slash.Command) (err error) {
	if s.registry, err = slash.Open(ctx, s.client, s.guild); err != nil {
		return err
	}
	have, err := s.registry.List(ctx)
	if err != nil {
		return err
	}
	s.changes = slash.Compare(want, have)
	return nil
}

// keep takes out what would be deleted.
func (s *slashSync) keep() {
	var kept []slash.Change
	for _, c := range s.changes {
		if c.Action != slash.ActionDelete {
			kept = append(kept, c)
		}
	}
	s.changes = kept
}

func (s *slashSync) printJSON(out io.Writer) error {
	doc := struct {
		FormatVersion int            `json:"format_version"`
		Guild         string         `json:"guild_id,omitempty"`
		Pending       int            `json:"pending"`
		Commands      []slash.Change `json:"commands"`
	}{FormatVersion: formatVersion, Pending: slash.Pending(s.changes), Commands: append([]slash.Change{}, s.changes...)}
	if s.guild != 0 {
		doc.Guild = s.guild.String()
	}
	return printJSON(out, doc)
}

func (s *slashSync) print(out io.Writer) {
	for _, c := range s.changes {
		fmt.Fprintln(out, changeLine(c))
	}
}

// changeLine is a change for a person: + new, ~ changed, - gone.
func changeLine(c slash.Change) string {
	sign := map[string]string{slash.ActionCreate: "+", slash.ActionEdit: "~", slash.ActionDelete: "-"}[c.Action]
	line := fmt.Sprintf("%-1s %s", sign, c.Title())
	switch c.Action {
	case slash.ActionDelete:
		line += "  no plugin declares it"
	case slash.ActionEdit:
		line += fmt.Sprintf("  plugin %s: %s", c.Plugin, strings.Join(c.Fields, ", "))
	default:
		line += "  plugin " + c.Plugin
	}
	return line
}
