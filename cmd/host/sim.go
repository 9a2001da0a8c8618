package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/discordtest"
)

func newSim(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Run a simulated Discord for any client to be tested against",
		Long: "Run a simulated Discord: gateway, REST and controls. It prints one line of JSON with its\n" +
			"addresses and the bot's token, and runs until it is interrupted. A configuration reaches it\n" +
			"with discord { api { base_url = \"...\" } }, the value of \"rest\".",
		Args: exactly(0, ""),
	}
	var o discordtest.Options
	var chaos string
	f := cmd.Flags()
	f.StringVar(&o.Listen, "listen", "127.0.0.1:0", "address to listen on; port 0 is any free one")
	f.IntVar(&o.Guilds, "guilds", 20, "servers that the bot is in")
	f.IntVar(&o.Shards, "shards", 2, "shards that are recommended")
	f.IntVar(&o.MaxConcurrency, "max-concurrency", 1, "shards that may identify at once")
	f.Uint64Var(&o.Seed, "seed", 1, "everything that looks random follows from it")
	f.StringVar(&o.Token, "token", "", "the bot's token (default: made from the seed)")
	f.IntVar(&o.Large, "large", 0, "members of the first server (default: like the others)")
	f.DurationVar(&o.HeartbeatInterval, "heartbeat", 41250*time.Millisecond, "interval that HELLO asks for")
	f.BoolVar(&o.SplitFrames, "split-frames", false, "zlib-stream: send each payload in several messages")
	f.StringVar(&o.ResumeListen, "resume-listen", "", "address of a second listener, for resume_gateway_url (default: the first one)")
	f.BoolVar(&o.NoRateLimits, "no-rate-limits", false, "REST: no 429 and no ban")
	f.StringVar(&chaos, "chaos", "", "faults to inject by itself: mild or harsh")
	completeFlag(cmd, "chaos", words("mild", "harsh"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		for _, name := range []string{"guilds", "shards", "max-concurrency"} {
			if n, err := cmd.Flags().GetInt(name); err != nil || n < 1 {
				return usage(cmd, "--%s %d: it has to be at least 1", name, n)
			}
		}
		switch {
		case o.Large < 0:
			return usage(cmd, "--large %d: it cannot be negative", o.Large)
		case o.HeartbeatInterval < time.Millisecond:
			return usage(cmd, "--heartbeat %s: it has to be at least 1ms", o.HeartbeatInterval)
		}
		o.Chaos = discordtest.Chaos(chaos)
		switch o.Chaos {
		case discordtest.ChaosNone, discordtest.ChaosMild, discordtest.ChaosHarsh:
		default:
			return usage(cmd, "--chaos %q: it is mild or harsh", chaos)
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		s, err := discordtest.Start(o)
		if err != nil {
			return err
		}
		defer s.Close()
		line, err := json.Marshal(struct {
			REST    string `json:"rest"`
			Gateway string `json:"gateway"`
			Control string `json:"control"`
			Token   string `json:"token"`
		}{s.REST, s.Gateway, s.Control, s.Token})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(g.Out, "%s\n", line); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	}
	return cmd
}
