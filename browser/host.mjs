// A simulated Discord and a host before it, both the real binary.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

/** build makes the binary in a folder of its own. */
export function build() {
  const dir = mkdtempSync(path.join(tmpdir(), "shardhost-browser-"));
  const binary = path.join(dir, "shardhost");
  execFileSync("go", ["build", "-o", binary, "./cmd/host"], { cwd: path.join(here, ".."), stdio: "inherit" });
  return { dir, binary };
}

/** A Stage has the processes of a test. */
export class Stage {
  constructor({ dir, binary }) {
    Object.assign(this, { dir, binary, processes: new Set() });
  }

  start(...args) {
    const p = spawn(this.binary, args, { cwd: this.dir, env: { ...process.env, DISCORD_TOKEN: "browser-test-token" }, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const heard = [];
    const hear = chunk => {
      said = (said + chunk).slice(-200000);
      for (const h of heard.splice(0)) h();
    };
    p.stdout.on("data", hear);
    p.stderr.on("data", hear);
    p.ended = new Promise(done => p.on("exit", code => {
      this.processes.delete(p);
      p.over = true;
      hear("");
      done(code);
    }));
    p.says = async pattern => {
      for (;;) {
        const m = said.match(pattern);
        if (m) return m;
        if (p.over) throw new Error(`shardhost ${args.join(" ")} has ended without saying ${pattern}:\n${said}`);
        await new Promise(done => heard.push(done));
      }
    };
    this.processes.add(p);
    return p;
  }

  async discord() {
    const sim = this.start("sim", "--shards", "4", "--max-concurrency", "4", "--guilds", "8", "--token", "browser-test-token");
    const [line] = await sim.says(/\{"rest".*\}/);
    Object.assign(this, JSON.parse(line));
    this.guild = (await (await fetch(this.control + "/guilds")).json())[0].id;
  }

  /** configure writes the configuration; the host keeps its port over restarts. */
  configure(mood) {
    writeFileSync(path.join(this.dir, "config.hcl"), `
discord {
  token            = env("DISCORD_TOKEN")
  allow_privileged = ["MESSAGE_CONTENT"]
  api {
    base_url = "${this.rest}"
  }
}
log {
  format = "json"
}
admin {
  listen = "127.0.0.1:${this.port || 0}"
}
plugin "moody" {
  source = "${path.join(here, "testdata/moody")}"
  config {
    mood = "${mood}"
  }
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
  }
  failure {
    retry = 0
    max   = 1000
  }
}
`);
  }

  /** host starts the host, and returns it when every shard is ready. */
  async host() {
    const host = this.start("run");
    const [, port] = await host.says(/"admin API listens".*"address":"127\.0\.0\.1:(\d+)"|"address":"127\.0\.0\.1:(\d+)".*"admin API listens"/).then(m => [m[0], m[1] || m[2]]);
    this.port = Number(port);
    this.url = `http://127.0.0.1:${port}/`;
    await host.says(/"@message":"ready"/);
    return host;
  }

  /** say lets somebody write a message. */
  async say(content) {
    const r = await fetch(this.control + "/messages", { method: "POST", body: JSON.stringify({ guild: this.guild, content }) });
    if (!r.ok) throw new Error(await r.text());
  }

  async close() {
    for (const p of [...this.processes]) {
      p.kill("SIGKILL");
      await p.ended;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}
