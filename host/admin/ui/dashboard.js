// The dashboard: it keeps the newest status, and shows one page at a time.
import { $, el, set } from "./dom.js";
import { connect, refresh, history } from "./stream.js";
import { tone } from "./format.js";
import { tell } from "./ask.js";
import { overview } from "./pages/overview.js";
import { shards } from "./pages/shards.js";
import { plugins } from "./pages/plugins.js";
import { plugin } from "./pages/plugin.js";
import { letters } from "./pages/letters.js";
import { events } from "./pages/events.js";
import { logs } from "./pages/logs.js";
import { rest } from "./pages/rest.js";
import { config } from "./pages/config.js";

// A page is a function of what follows its name in the address. It returns
// {title, box}, and where it wants them status(s), sampled() and close().
const pages = { "": overview, shards, plugins, plugin, deadletters: letters, events, logs, rest, config };

let status = null, page = null;

function open() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  page?.close?.();
  page = (pages[name] || missing)(...rest);
  $("main").replaceChildren(page.box);
  document.title = page.title + " · shardhost";
  const tab = "#/" + (name === "plugin" ? "plugins" : name);
  for (const a of document.querySelectorAll(".tabs a")) {
    if (a.getAttribute("href") === tab) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  if (status) page.status?.(status);
  page.sampled?.();
}

const missing = () => ({ title: "No such page", box: el("section", { class: "card" }, el("h2", {}, "There is no such page"), el("p", {}, el("a", { href: "#/" }, "Back to the overview"))) });

window.addEventListener("hashchange", () => {
  open();
  $("main").focus();
});
$("skip").onclick = e => {
  e.preventDefault();
  $("main").focus();
};

// ---- what the host says ----------------------------------------------------

let draw = 0;
connect({
  status(s) {
    if ($("lost").hidden === false) tell("Connected again.");
    $("lost").hidden = true;
    say(status, s);
    status = s;
    draw ||= requestAnimationFrame(() => {
      draw = 0;
      head(status);
      page.status?.(status);
    });
  },
  lost() {
    set($("lost"), "The host does not answer. Was it stopped? This page connects again by itself.");
    $("lost").hidden = false;
    set($("phase"), "not connected");
    $("phase").dataset.tone = "bad";
  },
});

function head(s) {
  const ready = s.shards.filter(x => x.in_charge && x.state === "ready").length, all = s.shards.filter(x => x.in_charge).length;
  set($("phase"), s.ready ? `${all === 1 ? "1 shard" : all + " shards"} ready` : s.reason || `${ready} of ${all} shards ready`);
  $("phase").dataset.tone = s.ready ? "good" : "wait";
  set($("version"), s.version);
  const kept = s.plugins.reduce((n, p) => n + (p.dead_letters || 0), 0);
  $("letters").hidden = !kept;
  set($("letters"), String(kept));
}

/** say tells who does not see the page what has changed for the worse or is new. */
function say(before, now) {
  if (!before) return;
  for (const p of now.plugins) {
    const was = before.plugins.find(o => o.name === p.name);
    if (was && was.generation !== p.generation) tell(`${p.name} is now generation ${p.generation}.`);
    else if (was && was.state !== p.state && tone(p.state) === "bad") tell(`${p.name} is ${p.state}.`);
  }
  if (before.ready && !now.ready) tell(now.reason || "Not every shard is ready.");
}

async function sample() {
  try {
    await refresh();
    page.sampled?.();
  } catch { /* the stream says that the host is away */ }
  setTimeout(sample, history.every * 1000);
}

open();
sample();
