import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../testing.mjs";

const script = new URL("./bot.js", import.meta.url);
const config = { channel: "5" };

test("effects take place when a handler has ended well", async () => {
  const bot = await start(script, { config, kv: { "count/81": 4 } });
  await bot.say("count");
  assert.deepEqual(bot.sent(), ["5"]);
  await assert.rejects(bot.say("fail"), /too bad/);
  assert.deepEqual(bot.sent(), []);
  assert.equal(bot.kv.get("failed"), undefined);
  assert.equal(bot.kv.get("count/81"), "5");
});

test("answers are those that were prepared", async () => {
  const bot = await start(script, { config });
  bot.answer("GET /channels/*", 200, { topic: "tea" });
  await bot.say("topic");
  bot.answer("GET /channels/5", 404, { message: "Unknown Channel" });
  await bot.say("topic");
  bot.answer("GET https://example.com/**", 200, { name: "green tea" });
  await bot.say("web");
  await bot.say("edit");
  assert.deepEqual(bot.sent(), ["tea", "none: 404", "green tea", "first", "second"]);
});

test("timers fire when time passes", async () => {
  const bot = await start(script, { config });
  await bot.say("remind");
  await bot.say("soon");
  await bot.advance(59 * 60_000);
  assert.deepEqual(bot.sent(), ["now"]);
  await bot.advance(60_000);
  assert.deepEqual(bot.sent(), ["remember"]);
  assert.equal(bot.timers.size, 0);
});

test("commands, buttons and forms", async () => {
  const bot = await start(script, { config });
  await bot.use("add", { a: 2, b: -44 });
  await bot.click("vote:tea");
  await bot.submit("form", { name: "ann" });
  assert.deepEqual(bot.sent(), ["-42", "for tea", "ann"]);
  assert.deepEqual(bot.manifest.commands[0].options.map((o) => o.name), ["a", "b"]);
});

test("a script may refuse to start", () => assert.rejects(start(script), /channel is missing/));
