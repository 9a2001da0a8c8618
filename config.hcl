# What `go run ./cmd/host dev` runs against a simulated Discord, and `run`
# against the real one. docs/config.md explains every block.

discord {
  token            = env("DISCORD_TOKEN") # dev needs none
  allow_privileged = ["MESSAGE_CONTENT"]  # plugins read what people write
}

gateway {
  shards {
    count = 2
  }
}

# Answers !ping with pong.
plugin "ping" {
  source = "./plugins/examples/ping" # Go source: the host builds it
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
  }
}

# Counts, a guild each, what !count is asked; survives restarts.
plugin "counter" {
  source = "./plugins/examples/counter"
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
    kv {
      quota = "1MiB"
    }
  }
}

# Reminds: !remind 10s drink water
plugin "remind" {
  source = "./plugins/examples/remind"
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
    kv {}
    timers {}
  }
}
