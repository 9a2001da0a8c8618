// The dashboard in a real browser, before a real host.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { build, Stage } from "./host.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = ["", "shards", "shards/1", "plugins", "plugin/moody", "deadletters", "events", "logs", "rest", "config", "nowhere"];

let stage, browser, host;
before(async () => {
  stage = new Stage(build());
  await stage.discord();
  stage.configure("bad");
  host = await stage.host();
  stage.configure("bad"); // from now on with its port
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  await stage?.close();
});

/** visit opens a page in a context of its own; what goes wrong in it fails the test. */
async function visit(t, address = "", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", e => wrong.push(e.message));
  page.on("request", r => { if (!r.url().startsWith(stage.url)) wrong.push("it asks " + r.url()); });
  t.after(async () => {
    await context.close();
    assert.deepEqual(wrong, []);
  });
  await page.goto(stage.url + "#/" + address);
  await page.locator("#phase", { hasText: "ready" }).waitFor();
  return page;
}

const confirmed = async page => page.locator("#ask-do").click();

test("it loads fast, weighs little and shows the shards", async t => {
  const page = await visit(t, "shards");
  await page.locator(".cell").nth(3).waitFor();
  assert.equal(await page.locator(".cell").count(), 4);
  const { bytes, paint } = await page.evaluate(() => ({
    bytes: performance.getEntriesByType("resource").filter(r => !r.name.includes("/v1/")).reduce((n, r) => n + r.encodedBodySize, 0),
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  }));
  t.diagnostic(`${bytes} bytes, first paint after ${Math.round(paint)} ms`);
  assert.ok(bytes > 0 && bytes < 150 << 10, `the page weighs ${bytes} bytes`);
  assert.ok(paint < 10000, `first paint after ${paint} ms`); // 1 s on a quiet machine
});

test("arrow keys move over the shards", async t => {
  const page = await visit(t, "shards");
  await page.locator(".cell").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Shard 1 of 4" }).waitFor();
});

test("a dead letter is looked at, mended by a reload, and replayed", async t => {
  const page = await visit(t, "deadletters");
  await stage.say("!fail");
  await page.getByRole("button", { name: "MESSAGE_CREATE" }).click();
  await page.getByText("moody is in a bad mood").last().waitFor();

  stage.configure("good");
  await page.getByRole("link", { name: "Configuration" }).click();
  await page.getByRole("button", { name: "Reload", exact: true }).click();
  await page.locator("#ask").getByText("It would cost 0 IDENTIFYs.").waitFor();
  await confirmed(page);
  await page.locator("main").getByText("moody has a new generation").waitFor();

  await page.getByRole("link", { name: "Dead letters" }).click();
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await page.getByText("1 handled.").waitFor();
  await page.getByText("There is none").waitFor();
});

test("a generation goes back", async t => {
  const page = await visit(t, "plugin/moody");
  await page.getByRole("button", { name: "Load anew" }).click();
  await confirmed(page);
  await page.getByText(/has a new generation/).waitFor();
  await page.getByRole("button", { name: "Roll back" }).click();
  await confirmed(page);
  await page.getByText(/runs again instead of/).waitFor();
  const grants = await page.locator("main").innerText();
  assert.match(grants, /POST \/channels\/\*\/messages/);
});

test("a plugin is disabled, and enabled again", async t => {
  const page = await visit(t, "plugin/moody");
  await page.getByRole("button", { name: "Disable" }).click();
  await confirmed(page);
  await page.getByText("It is disabled.").waitFor();
  await page.getByRole("button", { name: "Load anew" }).waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Enable" }).click();
  await confirmed(page);
  await page.getByText("Generation 1 runs.").waitFor();
  await page.getByRole("button", { name: "Disable" }).waitFor();
});

test("a configuration that is wrong is shown, and nothing changes", async t => {
  const page = await visit(t, "config");
  appendFileSync(stage.dir + "/config.hcl", 'gateway {\n  compres = "none"\n}\n');
  await page.getByRole("button", { name: "What would a reload do?" }).click();
  await page.getByText("What runs was not touched.").waitFor();
  assert.match(await page.getByLabel("config.hcl").innerText(), /token += env\("DISCORD_TOKEN"\)/);
  assert.match(await page.getByLabel("Diagnostics").innerText(), /config\.hcl.*[^]*Did you mean "compress"/);
  stage.configure("good");
});

test("events are watched as they come, with what is private masked", async t => {
  const page = await visit(t, "events");
  await page.getByRole("button", { name: "Watch" }).click();
  const frame = page.locator(".lines li").first();
  for (let n = 0; await page.locator(".lines li").count() === 0 && n < 100; n++) {
    await stage.say("a secret of mine");
    await page.waitForTimeout(100);
  }
  await frame.locator("summary").click();
  const body = await frame.locator("pre").innerText();
  assert.match(body, /"channel_id"/);
  assert.doesNotMatch(body, /a secret of mine/);
});

test("the log is followed at a level of its own", async t => {
  const page = await visit(t, "logs");
  await page.locator(".lines li", { hasText: "session began" }).first().waitFor();
  await page.getByLabel("Level").selectOption("error");
  await page.locator(".lines li", { hasText: "session began" }).first().waitFor({ state: "detached" });
});

test("it says when the host is away, and goes on when it is back", async t => {
  const page = await visit(t);
  host.kill("SIGKILL");
  await host.ended;
  await page.getByText("The host does not answer.").waitFor();
  host = await stage.host();
  await page.getByText("The host does not answer.").waitFor({ state: "hidden" });
  await page.locator("#phase", { hasText: "4 shards ready" }).waitFor();
});

for (const [name, options] of Object.entries({ light: {}, dark: { colorScheme: "dark" }, phone: { viewport: { width: 390, height: 844 } } })) {
  test(`axe finds nothing: ${name}`, async t => {
    const page = await visit(t, "", { ...options, bypassCSP: true });
    await page.evaluate(axe);
    for (const address of pages) {
      await page.evaluate(to => { location.hash = "#/" + to; }, address);
      await page.locator("main h1, main h2").first().waitFor({ state: "attached" });
      const found = await page.evaluate(() => window.axe.run());
      assert.deepEqual(found.violations.map(v => `${address}: ${v.id}: ${v.nodes[0].html}`), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, `${address} scrolls sideways`);
    }
  });
}

test("a thousand shards and fifty plugins are drawn in no time", async t => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const status = n => ({
    format_version: 1, version: "1", pid: 1, started: "2026-01-01T00:00:00Z", ready: true,
    shards: Array.from({ length: 1000 }, (_, id) => ({ id, of: 1000, state: (id + n) % 50 ? "ready" : "resuming", session: "s", sequence: n * id, position: n * id,
      latency_ms: 40 + n, guilds: 900, events: n * id, identifies: 1, resumes: 0, generation: 1, in_charge: true })),
    plugins: Array.from({ length: 50 }, (_, i) => ({ name: "plugin-" + i, generation: 1, state: "running", lanes: 4, handled: n * i, failed: 0, dropped: 0, queued: n, memory: 1 << 22, dead_letters: 0 })),
    identifies: { used: 1, limit: 1000 },
  });
  // A stream that the test feeds, and a clock on what the page does with each
  // status and in the frame that draws it.
  await page.addInitScript(() => {
    let spent = 0;
    const timed = f => (...args) => {
      const began = performance.now();
      try { return f(...args); } finally { spent += performance.now() - began; }
    };
    const frame = window.requestAnimationFrame;
    window.requestAnimationFrame = f => frame.call(window, timed(f));
    window.EventSource = class {
      constructor() { window.source = this; }
      addEventListener(name, f) { this.feed = timed(f); }
      close() {}
    };
    window.update = async data => {
      spent = 0;
      window.source.feed({ data });
      await new Promise(drawn => frame.call(window, () => frame.call(window, drawn)));
      return spent;
    };
  });
  for (const address of ["shards", "plugins", ""]) {
    await page.goto("about:blank");
    await page.goto(stage.url + "#/" + address);
    const spent = [];
    for (let n = 0; n < 30; n++) spent.push(await page.evaluate(data => window.update(data), JSON.stringify(status(n))));
    const [first, ...rest] = spent;
    rest.sort((a, b) => a - b);
    const median = rest[rest.length >> 1];
    t.diagnostic(`${address || "overview"}: the first drawing ${first.toFixed(1)} ms, an update ${median.toFixed(1)} ms at the median, ${rest.at(-1).toFixed(1)} ms at worst`);
    assert.ok(median > 0 && median < 160, `an update takes ${median} ms`); // 16 ms on a quiet machine
  }
});
