package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
)

func newRun(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the host",
		Long: "Run the host until SIGINT or SIGTERM: the first one stops it in good order, with sessions\n" +
			"that the next start resumes; a second one at once. SIGHUP reloads.",
		Args: exactly(0, ""),
	}
	var fresh bool
	cmd.Flags().BoolVar(&fresh, "fresh", false, "begin new sessions instead of resuming the stored ones; costs one IDENTIFY a shard")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		opts, err := g.options(cmd)
		if err != nil {
			return err
		}
		cfg, err := g.load(cmd)
		if err != nil {
			return err
		}
		log, sinks := newLogger(g.stdio, cfg.Log)
		hostOptions := host.Options{Logger: log, LogSinks: sinks, Version: buildInfo().Version, Watch: true, Fresh: fresh}
		if !slices.Contains(g.configs, config.Stdin) { // which cannot be read again
			hostOptions.Load = func() (*config.Config, config.Diagnostics) { return config.Load(g.configs, opts) }
		}
		host.SpareProcessor()
		opened := make(chan struct{})
		hostOptions.OnOpen = func() { close(opened) }
		h := host.New(cfg, hostOptions)
		defer supervised(h, opened, log)()
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		defer reloadOnHangup(ctx, h, log)()
		return h.Run(ctx)
	}
	return cmd
}

// reloadOnHangup reloads with each SIGHUP until the function that it returns is
// called, which waits for a reload under way.
func reloadOnHangup(ctx context.Context, h *host.Host, log hclog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
				if _, err := h.Reload(ctx, admin.ReloadRequest{}); err != nil {
					log.Error("reload refused", "error", err, "details", admin.Detail(err))
				}
			}
		}
	}()
	return func() {
		signal.Stop(hangups)
		cancel()
		<-ended
	}
}
