// The log, at a level of its own.
import { el, set, clock } from "../dom.js";
import { lines, offer } from "../lines.js";

const levels = ["trace", "debug", "info", "warn", "error"];
const apart = new Set(["@level", "@message", "@module", "@timestamp"]); // shown otherwise

export function logs() {
  const level = el("select", { "aria-label": "Level" }, levels.map(l => el("option", { value: l, selected: l === "info" }, l + (l === "error" ? "" : " and above"))));
  const plugin = el("select", { "aria-label": "Plugin" }, el("option", { value: "" }, "the host and every plugin"));
  const note = el("p", { class: "why", role: "alert" });
  const log = lines({ label: "Log", event: "log", row, ended: why => {
    set(note, why + " It goes on when the host is back.");
  } });
  const box = el("div", { class: "page" }, el("section", { class: "card tall" }, el("div", { class: "head" }, el("h1", {}, "Log"), el("p", { class: "buttons" }, level, plugin)), note, log.list));

  function start() {
    set(note, "");
    log.list.replaceChildren();
    const query = new URLSearchParams({ follow: true, level: level.value });
    if (plugin.value) query.append("plugin", plugin.value);
    log.start("v1/logs?" + query);
  }
  level.onchange = plugin.onchange = start;
  start();
  return {
    title: "Log", box, close: log.close,
    status(s) {
      offer(plugin, s.plugins);
      if (!log.running) start();
    },
  };
}

function row({ line, dropped }) {
  const keys = Object.entries(line).filter(([k]) => !apart.has(k)).map(([k, v]) => `${k}=${typeof v === "string" ? v : JSON.stringify(v)}`).join(" ");
  const l = line["@level"];
  return el("li", { "data-level": l }, dropped ? el("p", { class: "why" }, `${dropped} lines were left out.`) : null,
    el("time", {}, clock.format(new Date(line["@timestamp"]))), " ", l === "warn" || l === "error" ? el("strong", {}, l + " ") : null,
    line["@module"] ? el("span", { class: "from" }, line["@module"] + " ") : null, line["@message"], " ", el("span", { class: "quiet" }, keys));
}
