// The shards: a cell each, and one of them in detail.
import { el, set, keyed } from "../dom.js";
import { ago, count, ms, tone } from "../format.js";

// few shards are shown as a table too.
const few = 16;
const mark = { good: "", wait: "…", bad: "!" };

export function shards(chosen) {
  const grid = el("div", { class: "cells", role: "group", "aria-label": "Shards; arrow keys move" });
  const detail = el("dl", { class: "pairs" });
  const why = el("p", { class: "why" });
  const title = el("h2");
  const body = el("tbody");
  const table = el("details", {}, el("summary", {}, "As a table"),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Shards, table" }, el("table", {}, el("thead", {}, el("tr", {},
      ["Shard", "State", "Guilds", "Events", "Sequence", "Position", "Heartbeat", "RESUMEs"].map(h => el("th", { scope: "col" }, h)))), body)));
  const box = el("div", { class: "page" },
    el("section", { class: "card" }, el("h1", {}, "Shards"), el("p", { class: "quiet" }, "A filled square is a ready shard, … one that connects, ! one that has a problem."), grid, table),
    el("section", { class: "card", "aria-live": "off" }, title, detail, why));
  let newest = null;
  const key = x => x.generation + "." + x.id;
  let id = chosen === undefined ? null : Number(chosen);

  grid.onclick = e => {
    const cell = e.target.closest("button");
    if (cell) choose(cell);
  };
  grid.onkeydown = e => {
    const cells = [...grid.children], at = cells.indexOf(document.activeElement);
    const line = Math.max(1, Math.round(grid.clientWidth / (cells[0]?.offsetWidth || 1)));
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -line, ArrowDown: line, Home: -at, End: cells.length - 1 - at }[e.key];
    if (step === undefined || at < 0) return;
    e.preventDefault();
    cells[Math.min(cells.length - 1, Math.max(0, at + step))].focus();
  };
  grid.addEventListener("focusin", e => {
    grid.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    e.target.setAttribute("tabindex", "0");
  });
  table.ontoggle = () => newest && show(newest);
  let first = true;

  function choose(cell) {
    id = Number(cell.dataset.id);
    history.replaceState(null, "", "#/shards/" + id);
    show(newest);
  }

  function show(s) {
    newest = s;
    if (first) table.open = s.shards.length <= few;
    first = false;
    keyed(grid, s.shards, key, x => el("button", { type: "button", class: "cell", tabindex: "-1", "data-id": x.id }), (cell, x) => {
      const t = x.state === "ready" && x.silent?.length ? "wait" : tone(x.state);
      if (cell.dataset.state !== x.state || cell.dataset.tone !== t) {
        cell.dataset.state = x.state;
        cell.dataset.tone = t;
        cell.classList.toggle("beside", !x.in_charge);
        const name = `Shard ${x.id} of ${x.of}: ${x.state}${x.in_charge ? "" : ", being opened beside the others"}`;
        cell.setAttribute("aria-label", name);
        cell.title = name;
        set(cell, mark[t]);
      }
      const now = x.id === id;
      if ((cell.getAttribute("aria-pressed") === "true") !== now) cell.setAttribute("aria-pressed", now);
    });
    if (grid.firstChild && !grid.querySelector("[tabindex='0']")) grid.firstChild.setAttribute("tabindex", "0");
    const x = s.shards.find(x => x.id === id && x.in_charge) || s.shards.find(x => x.id === id);
    set(title, x ? `Shard ${x.id} of ${x.of}` : "Choose a shard to see more of it");
    keyed(detail, x ? [
      ["State", x.state], ["Since", x.since ? ago(x.since) : "–"], ["Guilds", count(x.guilds)], ["Events", count(x.events)],
      ["Received up to", x.sequence < 0 ? "–" : count(x.sequence)], ["Finished up to", x.position < 0 ? "–" : count(x.position)],
      ["Last heartbeat took", ms(x.latency_ms)], ["IDENTIFYs", count(x.identifies)], ["RESUMEs", count(x.resumes)], ["Session", x.session || "–"],
    ] : [], p => p[0], p => el("div", {}, el("dt", {}, p[0]), el("dd")), (div, p) => set(div.lastChild, p[1]));
    set(why, x?.last_error || (x?.silent?.length ? `No ${x.silent.join(", ")} for long, though it used to come.` : ""));
    if (!table.open) return;
    keyed(body, s.shards, key, x => el("tr", {}, el("th", { scope: "row" }, String(x.id)), Array.from({ length: 7 }, () => el("td"))), (tr, x) => {
      [x.state, count(x.guilds), count(x.events), count(x.sequence), count(x.position), ms(x.latency_ms), count(x.resumes)].forEach((v, i) => set(tr.children[i + 1], v));
    });
  }
  return { title: "Shards", box, status: show };
}
