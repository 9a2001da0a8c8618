// One plugin: how it does, what it may do, how it failed last.
import { el, set, keyed } from "../dom.js";
import { api, history, rate } from "../stream.js";
import { chart } from "../chart.js";
import { ask, tell } from "../ask.js";
import { ago, bytes, count, ms, perSecond, tone } from "../format.js";
import { report } from "./config.js";

const shown = 5; // failures

export function plugin(name) {
  const title = el("h1", {}, name), state = el("span", { class: "state" });
  const pairs = el("dl", { class: "pairs" }), grants = el("dl", { class: "pairs long" }), failures = el("ul", { class: "failures" });
  const why = el("pre", { class: "why", tabindex: "0", "aria-label": "Last error" }), note = el("p", { class: "why", role: "alert" });
  const none = el("p", { class: "quiet" }, "No frame has failed for good.");
  const handled = chart({ title: "Frames a second", series: [{ label: "handled", color: "--good", format: perSecond }, { label: "failed", color: "--bad", format: perSecond }] });
  const memory = chart({ title: "Memory of its lanes", least: 2 ** 16, series: [{ label: "memory", color: "--accent", format: bytes }] });
  const latency = histogram("From an event to what was done about it");
  const back = el("button", { type: "button" }, "Roll back"), anew = el("button", { type: "button" }, "Load anew");
  const off = el("button", { type: "button" }, "Disable"), on = el("button", { type: "button" }, "Enable"), result = el("div", { "aria-live": "polite" });
  const trying = el("p", { class: "warn" }), known = {};
  let now = null;

  const box = el("div", { class: "page" },
    el("section", { class: "card" }, el("div", { class: "head" }, title, state, el("p", { class: "buttons" }, back, anew, off, on)), trying, note, result, pairs, why),
    el("div", { class: "charts" }, [handled.box, memory.box, latency.box].map(b => el("section", { class: "card" }, b))),
    el("section", { class: "card" }, el("h2", {}, "What it may do"), grants),
    el("section", { class: "card" }, el("h2", {}, "Last failures"), failures, none));

  const act = (button, question, action, text, request) => {
    button.onclick = async () => {
      if (!await ask(question, action, text)) return;
      set(note, "");
      button.disabled = true;
      try {
        result.replaceChildren(report(await request()));
        tell(`${action}: done.`);
      } catch (e) {
        set(note, e.message);
      }
      button.disabled = false;
      if (now) draw(now);
    };
  };
  act(anew, `Load ${name} anew?`, "Load anew", "A new generation is made of the present module and put in its place between two events. Nothing is lost, no session is touched.",
    () => api("v1/reload", { force: [name] }));
  act(back, `Roll ${name} back?`, "Roll back", "The generation before takes over again, with its memory as it was. Nothing is lost, no session is touched.",
    () => api("v1/rollback", { plugin: name }));
  act(off, `Disable ${name}?`, "Disable", "It is stopped until somebody enables it again, also over restarts of the host. What waits for it is given up; what it has stored stays. No session is touched.",
    () => api("v1/plugin/disable", { plugin: name }));
  act(on, `Enable ${name}?`, "Enable", "It starts with the configuration that is in effect and the module as it is now.", async () => {
    try {
      return await api("v1/plugin/enable", { plugin: name });
    } catch (e) {
      if (e.details?.code !== "identify_required" || !await ask(`Enable ${name}, and replace every session?`, "Enable", e.message)) throw e;
      return api("v1/plugin/enable", { plugin: name, allow_identify: true });
    }
  });

  function draw(s) {
    now = s;
    const p = s.plugins.find(p => p.name === name);
    set(state, p ? p.state : "not there: the configuration has no plugin of this name");
    state.dataset.tone = p ? tone(p.state) : "bad";
    const disabled = p?.state === "disabled";
    for (const b of [back, anew, off]) b.hidden = !p || disabled;
    on.hidden = !disabled;
    if (!p) return;
    const trial = p.probation;
    back.disabled = !trial;
    back.title = trial ? `to generation ${trial.kept}` : "no generation is kept to go back to";
    set(trying, trial ? `Generation ${p.generation} is on probation${trial.until ? " until " + new Date(trial.until).toLocaleTimeString() : ""}, with ${count(trial.failures)} failures so far; generation ${trial.kept} is kept.`
      : p.rolled_back ? `Generation ${p.rolled_back.generation} went back to ${p.rolled_back.to}: ${p.rolled_back.reason}` : "");
    keyed(pairs, [
      ["Version", p.version || "–"], ["Generation", disabled ? `none, for ${ago(p.since)}` : `${p.generation}, for ${ago(p.since)}`], ["Lanes", count(p.lanes)], ["Handled", count(p.handled)],
      ["Failed", count(p.failed)], ["Dropped, mailbox full", count(p.dropped)], ["In the mailbox", count(p.queued)], ["Dead letters", count(p.dead_letters)],
      ["Memory", bytes(p.memory)], ["Event to commit, p50", ms(p.p50_ms)], ["p99", ms(p.p99_ms)], ["Module", p.sha256 ? "sha256 " + p.sha256.slice(0, 12) : "–"],
    ], x => x[0], x => el("div", {}, el("dt", {}, x[0]), el("dd")), (div, x) => set(div.lastChild, x[1]));
    set(why, p.last_error || "");
    if (p.generation !== known.generation) detail(p.generation);
    if (p.dead_letters !== known.letters) letters(p.dead_letters);
  }

  /** detail asks for what a status leaves out. */
  async function detail(generation) {
    known.generation = generation;
    try {
      const d = await api("v1/plugin?name=" + encodeURIComponent(name));
      keyed(grants, [{ name: "events", terms: d.events }, ...d.grants], g => g.name, g => el("div", {}, el("dt", {}, g.name), el("dd")), (div, g) => set(div.lastChild, g.terms.join(", ") || "yes"));
      latency.draw(d.latency);
    } catch (e) {
      set(note, e.message);
    }
  }

  /** letters shows the newest frames that failed too often. */
  async function letters(n) {
    known.letters = n;
    none.hidden = n > 0;
    try {
      const list = n ? (await api(`v1/deadletters?limit=${shown}&plugin=${encodeURIComponent(name)}`)).letters.reverse() : [];
      const full = await Promise.all(list.map(l => api("v1/deadletter?id=" + encodeURIComponent(l.id)).catch(() => l)));
      keyed(failures, full, f => f.id, f => el("li", {},
        el("p", {}, el("strong", {}, f.what || "frame"), " ", f.time ? el("time", { datetime: f.time }, new Date(f.time).toLocaleString()) : null),
        el("pre", { tabindex: "0", "aria-label": "Error" }, [f.damaged || f.error, f.stack].filter(Boolean).join("\n"))), () => {});
    } catch (e) {
      set(note, e.message);
    }
  }
  return {
    title: name, box, status: draw,
    sampled() {
      if (now) detail(known.generation);
      const h = history.plugins[name];
      if (!h) return;
      handled.draw(history.times, [rate(h.handled), rate(h.failed)]);
      memory.draw(history.times, [h.memory]);
    },
    close() { handled.close(); memory.close(); },
  };
}

/** histogram shows counts by duration as bars: a list, so that it can be read as well as seen. */
function histogram(title) {
  const bars = el("ol", { class: "bars" }), none = el("p", { class: "quiet" }, "No frame has been timed yet.");
  return {
    box: el("figure", { class: "chart" }, el("figcaption", {}, el("h2", {}, title)), bars, none),
    draw(buckets) {
      const most = Math.max(1, ...buckets.map(b => b.count));
      none.hidden = buckets.length > 0;
      keyed(bars, buckets, b => b.up_to_ms, () => el("li", {}, el("span"), el("meter", { min: "0", max: "1" }), el("span")), (li, b) => {
        set(li.firstChild, b.up_to_ms ? "up to " + ms(b.up_to_ms) : "longer");
        li.children[1].value = b.count / most;
        li.children[1].setAttribute("aria-label", `${b.count} frames`);
        set(li.lastChild, count(b.count));
      });
    },
  };
}
