// The page of `shardhost dev`. Everything it shows comes from one stream of
// Server-Sent Events; what others wrote is only ever set as text.

import { $, clock, el, follow, keyed, number, set } from "./dom.js";

const chatEnd = follow($("messages")), logEnd = follow($("log"));

const world = {
  run: "",            // which run of the command this is
  guilds: [],         // {id, name, shard, channels: [{id, name}]}
  messages: new Map(),// channel id -> messages, oldest first
  unread: new Set(),  // guild ids
  names: new Map(),   // user id -> name
  state: null,
};
const chosen = { guild: "", channel: "" };
const guildOf = id => world.guilds.find(g => g.id === id);
const channelOf = id => world.guilds.flatMap(g => g.channels).find(c => c.id === id);
const tell = text => { $("news").textContent = text; };

// ---- the stream -----------------------------------------------------------

let source, pause = 500, retry;

function connect() {
  clearTimeout(retry);
  source = new EventSource("events");
  const on = (name, f) => source.addEventListener(name, e => f(JSON.parse(e.data)));
  on("hello", hello);
  on("state", showState);
  on("message", showMessage);
  on("typing", showTyping);
  on("deletion", forget);
  on("log", showLog);
  source.onerror = () => {
    source.close();
    lost();
    retry = setTimeout(connect, pause);
    pause = Math.min(pause * 1.6, 5000);
  };
}

function lost() {
  const p = $("lost");
  p.hidden = false;
  set(p, "shardhost dev does not answer. Was it stopped? This page connects again by itself.");
  phase("not connected", "bad");
  enable(false);
}

/** hello is the whole picture: it comes first on every connection. */
function hello(h) {
  pause = 500;
  $("lost").hidden = true;
  if (world.run && world.run !== h.run) tell("shardhost dev was started again.");
  else if (world.run) tell("Connected again.");
  if (world.run !== h.run) {
    world.messages.clear();
    world.unread.clear();
  }
  world.run = h.run;
  world.state = null;
  world.guilds = h.guilds;
  for (const list of world.messages.values()) list.splice(0, Infinity, ...list.filter(m => m.note));
  for (const m of h.messages) remember(m);
  for (const list of world.messages.values()) list.sort((a, b) => a.time - b.time);
  $("log").replaceChildren();
  lastLine = 0;
  h.log.forEach(showLog);
  keyed($("chips"), h.try, t => t, t => el("button", { type: "button" }, t), (b, t) => { b.onclick = () => say(t); });
  if (!guildOf(chosen.guild)) chosen.guild = h.guilds[0]?.id || "";
  if (!guildOf(chosen.guild)?.channels.some(c => c.id === chosen.channel)) {
    chosen.channel = guildOf(chosen.guild)?.channels[0]?.id || "";
  }
  showPlace();
  showState(h.state);
}

// ---- servers and channels -------------------------------------------------

function showPlace() {
  const guild = guildOf(chosen.guild);
  keyed($("guilds"), world.guilds, g => g.id,
    g => el("li", {}, el("button", { type: "button" }, el("span", { class: "name" }, g.name), el("span", { class: "shard" }))),
    (li, g) => {
      const b = li.firstChild;
      b.setAttribute("aria-current", g.id === chosen.guild);
      b.onclick = () => go(g.id);
      const mark = b.lastChild;
      if (world.unread.has(g.id)) {
        if (mark.className !== "unread") mark.replaceWith(el("span", { class: "unread", role: "img", "aria-label": "new messages" }));
      } else if (mark.className !== "shard" || mark.textContent !== "shard " + g.shard) {
        mark.replaceWith(el("span", { class: "shard" }, "shard " + g.shard));
      }
    });
  options($("guild"), world.guilds, g => `${g.name} · shard ${g.shard}`, chosen.guild);
  options($("channel"), guild?.channels || [], c => "# " + c.name, chosen.channel);
  set($("title"), guild?.name || "");
  set($("owner"), guild ? `events arrive on shard ${guild.shard}` : "");
  const channel = channelOf(chosen.channel);
  $("say").placeholder = world.state?.ready === false ? "The bot is not online yet" : `Message #${channel?.name || ""}`;
  $("messages").setAttribute("aria-label", `Messages in #${channel?.name || ""}`);
  drawMessages();
}

function options(select, items, label, value) {
  keyed(select, items, i => i.id, i => el("option", { value: i.id }), (o, i) => set(o, label(i)));
  select.value = value;
}

function go(guild, channel) {
  chosen.guild = guild;
  chosen.channel = channel || guildOf(guild)?.channels[0]?.id || "";
  world.unread.delete(guild);
  showPlace();
  $("say").focus();
}

$("guild").onchange = e => go(e.target.value);
$("channel").onchange = e => go(chosen.guild, e.target.value);

// ---- messages -------------------------------------------------------------

function remember(m) {
  if (!m.note) world.names.set(m.author.id, m.author.name);
  let list = world.messages.get(m.channel);
  if (!list) world.messages.set(m.channel, list = []);
  const at = m.note ? -1 : list.findIndex(o => o.id === m.id);
  if (at >= 0) list[at] = m;
  else list.push(m);
  const late = list.length > 1 && m.time < list[list.length - 2].time; // an answer may overtake its question
  if (late) list.sort((a, b) => a.time - b.time);
  if (list.length > 300) list.shift();
  return at < 0 && !late;
}

function showMessage(m) {
  const fresh = remember(m);
  if (m.author.bot) showTyping({ channel: m.channel, user: "" });
  if (m.channel !== chosen.channel) {
    const g = world.guilds.find(g => g.channels.some(c => c.id === m.channel));
    if (g && g.id !== chosen.guild) world.unread.add(g.id);
    return showPlace();
  }
  if (fresh) append(m);
  else drawMessages();
}

function forget(d) {
  const list = world.messages.get(d.channel) || [];
  const at = list.findIndex(m => m.id === d.id);
  if (at < 0) return;
  list.splice(at, 1);
  if (d.channel === chosen.channel) drawMessages();
}

function drawMessages() {
  const list = world.messages.get(chosen.channel) || [];
  const box = $("messages");
  box.setAttribute("aria-live", "off");
  box.replaceChildren();
  if (!list.length) {
    box.append(el("li", { class: "empty" }, world.state && !world.state.ready
      ? [el("strong", {}, "The bot is starting."), "Its plugins are being built from source; then its shards connect. The first time takes longest."]
      : [el("strong", {}, "Say something to the bot."), "You write as a user of a simulated Discord and the plugins answer. Save the source of one, and its next answer comes from the new code."]));
  }
  list.forEach((m, i) => box.append(draw(m, list[i - 1], list, i)));
  chatEnd(true);
  requestAnimationFrame(() => box.setAttribute("aria-live", "polite"));
}

function append(m) {
  const box = $("messages");
  const list = world.messages.get(m.channel);
  box.querySelector(".empty")?.remove();
  box.append(draw(m, list[list.length - 2], list, list.length - 1));
  chatEnd(m.author && !m.author.bot);
}

function draw(m, before, list, i) {
  if (m.note) return el("li", { class: "note" }, m.note);
  const joined = before && !before.note && before.author.id === m.author.id && m.time - before.time < 300000;
  const letters = m.author.name.split(/[\s_.-]+/).filter(Boolean).slice(0, 2).map(w => [...w][0]).join("").toUpperCase() || "?";
  const hue = [...m.author.name].reduce((n, c) => (n * 31 + c.codePointAt(0)) % 6, 0);
  const asked = m.author.bot && list.slice(0, i).findLast(o => !o.note && (m.reply_to ? o.id === m.reply_to : true));
  const took = asked && !asked.author.bot && m.time - asked.time < 10000 ? Math.max(m.time - asked.time, 0.1) : 0;
  return el("li", { class: "message" + (joined ? " joined" : "") },
    el("span", { class: "avatar" + (m.author.bot ? " bot" : ""), "data-hue": hue, "aria-hidden": "true" }, letters),
    el("div", { class: "said" },
      el("p", { class: "by" }, el("b", {}, m.author.name), m.author.bot ? el("span", { class: "badge" }, "BOT") : null,
        el("time", { datetime: new Date(m.time).toISOString() }, clock.format(m.time) + (m.edited ? " (edited)" : "")),
        took ? el("span", { class: "took" }, el("span", {}, "answered in "), `${took < 10 ? took.toFixed(1) : Math.round(took)} ms`) : null),
      m.content ? el("div", { class: "text" }, ...inline(m.content)) : null,
      ...(m.embeds || []).map(embed)));
}

function embed(e) {
  const box = el("div", { class: "embed" }, e.title ? el("b", {}, e.title) : null, e.description || "");
  if (e.color) box.style.borderLeftColor = "#" + e.color.toString(16).padStart(6, "0");
  for (const f of e.fields || []) box.append(el("b", {}, f.name), f.value);
  return box;
}

/** inline turns the part of Discord's markdown that bots use most into nodes. */
function inline(text) {
  const out = [];
  const pattern = /```(?:\w+\n)?([^]+?)```|`([^`\n]+)`|\*\*([^*]+)\*\*|<@!?(\d+)>|<#(\d+)>|<t:(-?\d+)(?::(\w))?>/g;
  let at = 0;
  for (const m of text.matchAll(pattern)) {
    out.push(text.slice(at, m.index));
    at = m.index + m[0].length;
    if (m[1]) out.push(el("pre", {}, m[1]));
    else if (m[2]) out.push(el("code", {}, m[2]));
    else if (m[3]) out.push(el("strong", {}, m[3]));
    else if (m[4]) out.push(el("span", { class: "mention" }, "@" + (world.names.get(m[4]) || m[4])));
    else if (m[5]) out.push(el("span", { class: "mention" }, "#" + (channelOf(m[5])?.name || m[5])));
    else out.push(el("span", { class: "mention" }, when(Number(m[6]), m[7])));
  }
  out.push(text.slice(at));
  return out;
}

function when(seconds, style) {
  const at = new Date(seconds * 1000);
  if (style !== "R" || isNaN(at)) return isNaN(at) ? "?" : at.toLocaleString();
  const away = seconds - Date.now() / 1000;
  const [unit, size] = Math.abs(away) < 90 ? ["second", 1] : Math.abs(away) < 5400 ? ["minute", 60] : Math.abs(away) < 129600 ? ["hour", 3600] : ["day", 86400];
  return new Intl.RelativeTimeFormat("en").format(Math.round(away / size), unit);
}

let typingEnds;
function showTyping(t) {
  if (t.channel !== chosen.channel) return;
  clearTimeout(typingEnds);
  set($("typing"), t.user ? t.user + " is typing…" : "");
  if (t.user) typingEnds = setTimeout(() => set($("typing"), ""), 10000);
}

// ---- writing --------------------------------------------------------------

const said = [];   // what was written, for the up arrow
let back = 0;

async function post(path, body) {
  const r = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (r.ok) return;
  let why = "HTTP " + r.status;
  try { why = (await r.json()).error.message; } catch { /* not ours: the number says it */ }
  throw new Error(why);
}

async function say(content) {
  set($("refused"), "");
  try {
    await post("messages", { guild: chosen.guild, channel: chosen.channel, user: $("user").value.trim(), content });
    said.push(content);
    back = said.length;
    return true;
  } catch (e) {
    set($("refused"), "Not sent: " + e.message);
    return false;
  }
}

$("composer").onsubmit = async e => {
  e.preventDefault();
  const field = $("say"), content = field.value;
  if (!content.trim()) return;
  field.value = "";
  if (!await say(content) && !field.value) field.value = content;
  field.focus();
};
$("say").onkeydown = e => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[e.key];
  if (!step || !said.length) return;
  e.preventDefault();
  back = Math.max(0, Math.min(said.length, back + step));
  $("say").value = said[back] || "";
};
$("user").value = localStorage.getItem("user") || "Ada";
$("user").onchange = () => {
  if (!$("user").value.trim()) $("user").value = "Ada";
  localStorage.setItem("user", $("user").value.trim());
};

function enable(on) {
  for (const e of [$("say"), $("send"), ...$("chips").children]) e.disabled = !on;
}

// ---- the host -------------------------------------------------------------

function phase(text, tone) {
  set($("phase"), text);
  $("phase").dataset.tone = tone;
}

const tones = { ready: "good", running: "good", built: "good", closed: "bad", failed: "bad", "build failed": "bad", "not swapped": "bad", stopped: "bad" };
const tone = state => tones[state] || "wait";

function showState(s) {
  const before = world.state;
  world.state = s;
  phase(s.phase, s.tone);
  enable(s.ready);
  if (!before || before.ready !== s.ready) {
    $("say").placeholder = s.ready ? `Message #${channelOf(chosen.channel)?.name || ""}` : "The bot is not online yet";
    if ($("messages").querySelector(".empty")) drawMessages();
    if (s.ready && document.activeElement === document.body) $("say").focus({ preventScroll: true });
  }

  set($("identifies"), number.format(s.sim.identifies));
  const extra = Math.max(0, s.sim.identifies - s.shards.length);
  set($("identify-note"), s.sim.identifies === 0 ? "One for each shard, when it first connects."
    : `${s.sim.identifies === s.shards.length ? "One for each shard. " : ""}Saving a plugin does not change this.`);
  $("identifies").classList.toggle("moved", s.ready && extra > 0);

  keyed($("shards"), s.shards, x => x.id,
    () => el("tr", {}, el("th", { scope: "row" }), el("td", {}, el("span", { class: "state" })), el("td"), el("td")),
    (row, x) => {
      const [id, state, seq, beat] = row.children;
      set(id, `${x.id} of ${x.of}`);
      set(state.firstChild, x.state);
      state.firstChild.dataset.tone = tone(x.state);
      set(seq, x.sequence < 0 ? "–" : number.format(x.sequence));
      set(beat, x.latency_ms ? `${x.latency_ms < 10 ? x.latency_ms.toFixed(1) : Math.round(x.latency_ms)} ms` : "–");
    });

  keyed($("troubles"), s.shards.filter(x => x.state !== "ready" && x.last_error), x => x.id,
    () => el("p", { class: "why" }), (p, x) => set(p, `shard ${x.id}: ${x.last_error}`));

  keyed($("plugins"), s.plugins, p => p.name,
    () => el("li", {}, el("div", { class: "head" }, el("h3"), el("span", { class: "gen" }), el("span", { class: "state" })),
      el("p"), el("p", { class: "built" }, el("code"), el("span")), el("pre", { tabindex: "0" })),
    (li, p) => {
      const [head, counts, build, pre] = li.children;
      const [name, gen, state] = head.children;
      set(name, p.name);
      gen.hidden = !p.generation;
      set(gen, "generation " + p.generation);
      set(state, p.state);
      state.dataset.tone = tone(p.state);
      counts.hidden = !p.generation;
      set(counts, `${number.format(p.handled)} handled · ${number.format(p.failed)} failed${p.dropped ? ` · ${number.format(p.dropped)} dropped` : ""}${p.queued ? ` · ${number.format(p.queued)} waiting` : ""}`);
      set(build.firstChild, p.source);
      set(build.lastChild, p.note);
      pre.hidden = !p.error;
      set(pre, p.error || "");
      pre.setAttribute("aria-label", "Error of " + p.name);

      const was = before?.plugins.find(o => o.name === p.name);
      if (!was) return;
      if (was.generation && p.generation > was.generation) {
        gen.classList.remove("fresh");
        requestAnimationFrame(() => gen.classList.add("fresh"));
        note(`${p.name} is now generation ${p.generation}. IDENTIFYs spent: ${s.sim.identifies}.`);
      }
      if (p.error && p.error !== was.error) tell(`${p.name}: ${p.state}.`);
    });
}

/** note writes a line of the page's own between the messages. */
function note(text) {
  if (!chosen.channel) return tell(text);
  const m = { channel: chosen.channel, time: Date.now(), note: text };
  remember(m);
  append(m);
}

// ---- log ------------------------------------------------------------------

let lastLine = 0;
function showLog(line) {
  if (line.n <= lastLine) return;
  lastLine = line.n;
  const box = $("log");
  box.append(el("li", { "data-level": line.level, "data-guest": !!line.plugin },
    el("time", { datetime: new Date(line.time).toISOString() }, clock.format(line.time)), " ",
    line.from ? el("span", { class: "from" }, line.from + " ") : null,
    el("span", { class: "what" }, (line.level === "warn" || line.level === "error" ? line.level + ": " : "") + line.text)));
  while (box.children.length > 400) box.firstChild.remove();
  logEnd();
}

$("guests").onchange = e => {
  $("log").classList.toggle("only", e.target.checked);
  logEnd(true);
};

connect();
