// The overview: is everything well, and if not, what is to be done.
import { el, set, keyed } from "../dom.js";
import { history, rate, last } from "../stream.js";
import { chart } from "../chart.js";
import { ago, bytes, count, perSecond } from "../format.js";

export function overview() {
  const figures = el("dl", { class: "figures" });
  const troubles = el("ul", { class: "troubles" });
  const calm = el("p", { class: "quiet" }, "Nothing needs you.");
  const events = chart({ title: "Events a second", series: [
    { label: "received", color: "--accent", format: perSecond }, { label: "handled", color: "--good", format: perSecond }] });
  const failed = chart({ title: "Failures a second", series: [{ label: "failed", color: "--bad", format: perSecond }] });
  const memory = chart({ title: "Memory of the process", least: 2 ** 20, series: [{ label: "resident", color: "--accent", format: bytes }] });
  const waiting = chart({ title: "Frames that wait for a plugin", series: [{ label: "waiting", color: "--wait", format: count }] });
  const box = el("div", { class: "page" },
    el("section", { class: "card" }, el("h1", { class: "sr" }, "Overview"), figures),
    el("section", { class: "card" }, el("h2", {}, "What needs you"), troubles, calm),
    el("div", { class: "charts" }, [events, failed, waiting, memory].map(c => el("section", { class: "card" }, c.box))));

  return {
    title: "Overview", box,
    status(s) {
      const serving = s.shards.filter(x => x.in_charge);
      const sum = key => s.plugins.reduce((n, p) => n + (p[key] || 0), 0);
      const budget = s.identifies;
      keyed(figures, [
        ["Shards ready", `${serving.filter(x => x.state === "ready").length} of ${serving.length}`],
        ["Guilds", guilds(serving)],
        ["Events a second", perSecond(last(rate(history.totals.events)))],
        ["Plugins", s.plugins.some(p => p.state === "disabled") ? `${count(s.plugins.filter(p => p.state !== "disabled").length)} of ${count(s.plugins.length)}` : count(s.plugins.length)],
        ["Frames waiting", count(sum("queued"))],
        ["Dead letters", count(sum("dead_letters"))],
        ["IDENTIFYs today", budget.limit ? `${count(budget.used)} of ${count(budget.limit)}` : count(budget.used)],
        ["Running for", ago(s.started)],
      ], f => f[0], f => el("div", {}, el("dt", {}, f[0]), el("dd")), (div, f) => set(div.lastChild, f[1]));
      const list = trouble(s);
      calm.hidden = list.length > 0;
      keyed(troubles, list, t => t.id, t => el("li", {}, el("a", { href: t.href }), el("p")), (li, t) => {
        set(li.firstChild, t.what);
        set(li.lastChild, t.why);
      });
    },
    sampled() {
      const t = history.totals;
      if (!history.times.length) return;
      events.draw(history.times, [rate(t.events), rate(t.handled)]);
      failed.draw(history.times, [rate(t.failed)]);
      waiting.draw(history.times, [t.queued]);
      memory.draw(history.times, [t.resident]);
    },
    close() { for (const c of [events, failed, memory, waiting]) c.close(); },
  };
}

/** guilds of shards; those of a resumed session are not known. */
function guilds(shards) {
  const known = shards.filter(x => x.guilds >= 0);
  const n = count(known.reduce((n, x) => n + x.guilds, 0));
  return known.length === shards.length ? n : known.length ? `${n} and more` : "–";
}

const most = 12; // of each kind: a list of a thousand shards helps nobody

/** trouble is what a person should look at, the worst first. */
function trouble(s) {
  const out = [];
  for (const p of s.plugins) {
    const href = "#/plugin/" + encodeURIComponent(p.name);
    if (!p.state.startsWith("running") && p.state !== "disabled") out.push({ id: "p" + p.name, href, what: `${p.name} is ${p.state}`, why: p.last_error || "" });
    if (p.dead_letters) out.push({ id: "d" + p.name, href: "#/deadletters", what: `${p.name} has ${count(p.dead_letters)} dead letters`, why: "Frames that failed too often. Look at the error, mend the plugin, then replay them." });
    if (p.dropped) out.push({ id: "l" + p.name, href, what: `${p.name} was not given ${count(p.dropped)} frames`, why: "Its mailbox was full: more lanes, a larger limits.mailbox, or a faster handler." });
  }
  const ill = s.shards.filter(x => x.state !== "ready" && x.last_error || x.silent?.length);
  for (const x of ill.slice(0, most)) {
    out.push({ id: `s${x.generation}.${x.id}`, href: "#/shards/" + x.id, what: `Shard ${x.id} is ${x.state}`,
      why: x.last_error || `No ${x.silent.join(", ")} for long, though it used to come.` });
  }
  if (ill.length > most) out.push({ id: "more", href: "#/shards", what: `${count(ill.length - most)} more shards`, why: "" });
  const left = s.identifies.limit - s.identifies.used;
  if (s.identifies.limit && left < s.identifies.limit / 5) {
    out.unshift({ id: "budget", href: "#/shards", what: `${count(left)} IDENTIFYs are left`, why: "Do not start the bot anew without need; they come back at " + new Date(s.identifies.reset_at).toLocaleTimeString() + "." });
  }
  return out;
}
