# Every block and argument, with values other than the defaults.
variable "log_level" {
  default     = "debug"
  description = "how much is logged"
}

locals {
  topic  = "levels"
  topics = ["${local.topic}.*", "alerts"]
}

host {
  data_dir       = "./state"
  shutdown_grace = "1m30s"
}

log {
  level  = var.log_level
  format = "json"
  redact = ["content", "email"]
}

discord {
  token            = env("DISCORD_TOKEN")
  intents          = "auto"
  allow_privileged = ["MESSAGE_CONTENT", "GUILD_MEMBERS"]

  api {
    base_url = "http://127.0.0.1:8080/api/"
    timeout  = "5s"
  }

  presence {
    status   = "dnd"
    activity = "streaming"
    name     = "with wasm"
    url      = "https://www.twitch.tv/shardhost"
  }
}

gateway {
  compress         = "zlib-stream"
  identify_reserve = "12.5%"
  identify_breaker = 50

  shards {
    count = 64
    ids   = "32, 0-3"
  }
}

plugin "moderation" {
  source = "./moderation.wasm"
  sha256 = "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"
  events = ["MESSAGE_CREATE", "GUILD_MEMBER_*"]
  lanes  = 8

  filter {
    guilds      = ["81384788765712384", 41771983423143937]
    ignore_bots = true
    scope       = ["guild"]
    prefix      = "!"
  }

  config {
    log_channel = "155361364909621248"
    words       = ["spam", "eggs"]
    limit       = { warn = 3, ban = 5.5 }
    strict      = true
    nothing     = null
    from_env    = env("REGION", "eu")
  }

  secrets {
    api_key = env("MOD_API_KEY")
    pem     = file("./key.pem")
  }

  grant {
    discord {
      allow  = ["POST /channels/*/messages", "* /guilds/**"]
      rate   = "10/s"
      guilds = ["81384788765712384"]
    }
    http {
      allow = ["https://api.example.com", "https://*.example.org:8443/v1"]
    }
    kv {
      quota = "1.5GiB"
    }
    timers {
      max = 20
    }
    gateway {
      allow = ["presence", "members"]
    }
    bus {
      publish   = local.topics
      subscribe = ["levels.*.up"]
    }
  }

  limits {
    memory        = "32MiB"
    deadline      = "100ms"
    init          = "2s"
    instructions  = "250M"
    mailbox       = 512
    mailbox_bytes = "16MiB"
    inflight      = 16
    park          = "2m"
    parked        = 32
    module_size   = "8MB"
    log_lines     = "5/s"
    metrics       = 20

    auto_defer_after = "2s"
    overflow = {
      default      = "block"
      TYPING_START = "drop_oldest"
      "PRESENCE_*" = "drop_newest"
    }
  }

  failure {
    retry   = 0
    max     = 3
    within  = "30s"
    backoff = "250ms"

    dead_letters      = 20
    dead_letter_bytes = "2MiB"
  }

  reload {
    watch        = true
    drain        = "1s"
    probation    = "1m30s"
    canary_lanes = 2
    canary_for   = "10s"
    rehearse     = 20
  }

  recycle {
    max_memory = "24MiB"
    max_age    = "12h"
    max_events = 1000000
  }

  checkpoint {
    every    = "5m"
    max_size = "1MiB"
  }
}

plugin "from-source" {
  source = "./src"
}

plugin "made" {
  build {
    command = "make plugin.wasm"
    watch   = ["*.c"]
    output  = "./out/plugin.wasm"
  }
}

admin {
  listen = "unix://./run/admin.sock"
  token  = file("admin-token")
  cert   = "admin.pem"
  key    = "admin.key"
}

metrics {
  listen = "127.0.0.1:9464"
  pprof  = true
}

tracing {
  endpoint = "https://otel.example.com:4318/otlp/"
  sample   = "2.5%"
  service  = "my-bot"

  headers {
    x-team-key = env("MOD_API_KEY")
  }
}

store {
  type  = "file"
  flush = "5ms"
}
