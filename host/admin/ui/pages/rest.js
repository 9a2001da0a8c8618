// Discord's REST API: what limits there are and who spends them.
import { el, set, keyed } from "../dom.js";
import { api } from "../stream.js";
import { ago, count, ms } from "../format.js";

const every = 2000;

export function rest() {
  const figures = el("dl", { class: "figures" }), body = el("tbody"), owners = el("tbody"), calls = el("tbody");
  const wrong = el("p", { class: "why", role: "alert" });
  const quiet = text => el("p", { class: "quiet" }, text);
  const idle = quiet("None: every call has its answer."), none = quiet("None is in use at this moment."), valid = quiet("None.");
  const table = (name, heads, body) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name },
    el("table", { class: "wide" }, el("thead", {}, el("tr", {}, heads.map(h => el("th", { scope: "col" }, h)))), body));
  const box = el("div", { class: "page" },
    el("section", { class: "card" }, el("h1", {}, "REST"), wrong, figures),
    el("section", { class: "card" }, el("h2", {}, "Calls that plugins wait for"), idle, table("Calls", ["Plugin", "Calls", "The oldest since"], calls)),
    el("section", { class: "card" }, el("h2", {}, "Limits that are in use, the tightest first"), none, table("Limits", ["Route", "Left", "Resets", "Under way", "Waiting"], body)),
    el("section", { class: "card" }, el("h2", {}, "Invalid requests of the last ten minutes"),
      el("p", { class: "quiet" }, "Answers with 401, 403 and 429. Discord bans an address that causes too many; a plugin that does is stopped long before."),
      valid, table("Invalid requests", ["Of", "Requests"], owners)));
  let timer = 0, closed = false;

  async function load() {
    try {
      show(await api("v1/rest"));
      set(wrong, "");
    } catch (e) {
      set(wrong, e.message);
    }
    if (!closed) timer = setTimeout(load, every);
  }
  function show(r) {
    const paused = r.paused && new Date(r.paused) > new Date();
    keyed(figures, [["Requests", count(r.requests)], ["Answered in, p50", r.requests ? ms(r.p50_ms) : "–"], ["p99", r.requests ? ms(r.p99_ms) : "–"],
      ["Answered with 429", count(r.rate_limited)], ["5xx or no answer", count(r.failed)], ["Sent again", count(r.repeats)], ["Limits known", count(r.buckets)],
      ["Global limit", paused ? "paused until " + new Date(r.paused).toLocaleTimeString() : "open"]],
    f => f[0], f => el("div", {}, el("dt", {}, f[0]), el("dd")), (div, f) => set(div.lastChild, f[1]));
    const owned = Object.entries(r.invalid).filter(o => o[1] > 0);
    for (const [text, rows, list] of [[idle, calls, r.calls], [none, body, r.tightest], [valid, owners, owned]]) {
      text.hidden = list.length > 0;
      rows.closest(".scroll").hidden = list.length === 0;
    }
    keyed(calls, r.calls, c => c.plugin, c => el("tr", {}, el("th", { scope: "row" }, el("a", { href: "#/plugin/" + encodeURIComponent(c.plugin) }, c.plugin)), el("td"), el("td")), (tr, c) => {
      [count(c.waiting), ago(c.oldest)].forEach((v, i) => set(tr.children[i + 1], v));
    });
    keyed(body, r.tightest, b => b.route, b => el("tr", {}, el("th", { scope: "row" }, b.route), Array.from({ length: 4 }, () => el("td"))), (tr, b) => {
      [b.limit > 0 ? `${b.remaining} of ${b.limit}` : "–", b.reset ? new Date(b.reset).toLocaleTimeString() : "–", count(b.inflight), count(b.waiting)]
        .forEach((v, i) => set(tr.children[i + 1], v));
    });
    keyed(owners, owned, o => o[0], o => el("tr", {}, el("th", { scope: "row" }, o[0] || "the host"), el("td")), (tr, o) => set(tr.lastChild, `${count(o[1])} of ${count(r.invalid_max)}`));
  }
  load();
  return {
    title: "REST", box,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
