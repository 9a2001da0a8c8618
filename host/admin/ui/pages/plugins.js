// The plugins: one line each.
import { el, set, keyed } from "../dom.js";
import { history, rate, last } from "../stream.js";
import { bytes, count, ms, perSecond, tone } from "../format.js";

const columns = ["Plugin", "State", "Generation", "Handled a second", "Failed", "p50", "p99", "Waiting", "Memory", "Dead letters"];

export function plugins() {
  const body = el("tbody");
  const none = el("p", { class: "quiet" }, "The configuration has no plugin yet.");
  const box = el("div", { class: "page" }, el("section", { class: "card" }, el("h1", {}, "Plugins"), none,
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Plugins" },
      el("table", { class: "wide" }, el("thead", {}, el("tr", {}, columns.map(c => el("th", { scope: "col" }, c)))), body))));
  return {
    title: "Plugins", box,
    status(s) {
      none.hidden = s.plugins.length > 0;
      keyed(body, s.plugins, p => p.name, p => el("tr", {},
        el("th", { scope: "row" }, el("a", { href: "#/plugin/" + encodeURIComponent(p.name) }, p.name)),
        el("td", {}, el("span", { class: "state" })), Array.from({ length: columns.length - 2 }, () => el("td"))), (tr, p) => {
        const state = tr.children[1].firstChild;
        set(state, p.state);
        state.dataset.tone = tone(p.state);
        [p.generation ? String(p.generation) : "–", perSecond(last(rate(history.plugins[p.name]?.handled))), count(p.failed), ms(p.p50_ms), ms(p.p99_ms), count(p.queued), bytes(p.memory), count(p.dead_letters)]
          .forEach((v, i) => set(tr.children[i + 2], v));
      });
    },
  };
}
