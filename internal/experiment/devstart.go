package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// devStart runs `go run ./cmd/host dev` with empty caches, then again with what
// that left, and measures until a !ping written on the page is answered.
func devStart(ctx context.Context, b *bench, _ options) (report, error) {
	r := report{figures: map[string]any{}}
	for _, caches := range []string{"cold", "warm"} {
		seconds, err := devAnswer(ctx, b)
		if err != nil {
			return r, fmt.Errorf("%s: %w", caches, err)
		}
		r.figures[caches+"_s"] = seconds
	}
	if r.figures["cold_s"].(float64) > 600 {
		r.broken = append(r.broken, "the first answer took more than ten minutes")
	}
	return r, nil
}

var pageURL = regexp.MustCompile(`ready after .*: (http://\S+)`)

func devAnswer(ctx context.Context, b *bench) (seconds float64, err error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	cmd := exec.CommandContext(ctx, "go", "run", "./cmd/host", "dev", "--listen", "127.0.0.1:0")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOCACHE="+filepath.Join(b.dir, "gocache"), "XDG_CACHE_HOME="+filepath.Join(b.dir, "cache"))
	// Ctrl-C reaches the whole group, as in a terminal.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		cmd.Wait()
	}()
	url := ""
	lines := bufio.NewScanner(stderr)
	for url == "" && lines.Scan() {
		fmt.Fprintf(os.Stderr, "%6.1f s  %s\n", time.Since(began).Seconds(), lines.Text())
		if m := pageURL.FindStringSubmatch(lines.Text()); m != nil {
			url = strings.TrimSuffix(m[1], "/")
		}
	}
	if url == "" {
		return 0, fmt.Errorf("dev ended before it was ready: %v", lines.Err())
	}
	go func() { // keep the pipe empty until dev ends
		for lines.Scan() {
		}
	}()
	if err := askOnPage(ctx, url); err != nil {
		return 0, err
	}
	return time.Since(began).Seconds(), nil
}

// askOnPage writes !ping on dev's page and waits for the answer.
func askOnPage(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", url+"/events", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	event := ""
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			event = name
			continue
		}
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		switch {
		case !ok:
		case event == "hello":
			if err := writePing(ctx, url, []byte(data)); err != nil {
				return err
			}
		case event == "message" && strings.Contains(data, `"content":"pong"`):
			return nil
		}
	}
	return fmt.Errorf("no answer on the page: %v", lines.Err())
}

func writePing(ctx context.Context, url string, hello []byte) error {
	var doc struct {
		Guilds []struct {
			ID       string `json:"id"`
			Channels []struct {
				ID string `json:"id"`
			} `json:"channels"`
		} `json:"guilds"`
	}
	if err := json.Unmarshal(hello, &doc); err != nil || len(doc.Guilds) == 0 || len(doc.Guilds[0].Channels) == 0 {
		return fmt.Errorf("the page names no channel: %v", err)
	}
	g := doc.Guilds[0]
	body, err := json.Marshal(map[string]string{"guild": g.ID, "channel": g.Channels[0].ID, "user": "Ada", "content": "!ping"})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", url+"/messages", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the page answered %s", resp.Status)
	}
	return nil
}
