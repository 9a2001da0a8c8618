// Frames as plugins are given them, live. What is private is masked by the host.
import { el, set, clock } from "../dom.js";
import { lines, offer } from "../lines.js";

export function events() {
  const plugin = el("select", { "aria-label": "Plugin" }, el("option", { value: "" }, "every plugin"));
  const pattern = el("input", { "aria-label": "Events", placeholder: "every event, or e.g. MESSAGE_*", spellcheck: "false" });
  const button = el("button", { class: "do" }, "Watch");
  const form = el("form", { class: "buttons" }, plugin, pattern, button);
  const note = el("p", { class: "why", role: "alert" });
  const empty = el("p", { class: "quiet" }, "Watching costs the host a copy of each frame: it begins when you say so.");
  const frames = lines({ label: "Frames", event: "frame", row, ended: why => {
    set(button, "Watch");
    set(note, why);
  } });
  const box = el("div", { class: "page" }, el("section", { class: "card tall" }, el("div", { class: "head" }, el("h1", {}, "Events"), form), note, empty, frames.list));

  function start() {
    set(note, "");
    empty.hidden = true;
    const query = new URLSearchParams();
    if (plugin.value) query.append("plugin", plugin.value);
    if (pattern.value.trim()) query.append("event", pattern.value.trim());
    frames.start("v1/tail?" + query);
    set(button, "Stop");
  }
  form.onsubmit = e => {
    e.preventDefault();
    if (!frames.running) return start();
    frames.stop();
    set(button, "Watch");
  };
  plugin.onchange = pattern.onchange = () => { if (frames.running) start(); };
  return { title: "Events", box, status: s => offer(plugin, s.plugins), close: frames.close };
}

function row(f) {
  const what = f.event || f.name || f.kind;
  const where = [f.guild && f.guild !== "0" ? "guild " + f.guild : "", "shard " + f.shard, f.sequence ? "sequence " + f.sequence : "", ...(f.flags || [])].filter(Boolean).join(" · ");
  const body = el("details", {}, el("summary", {},
    el("time", {}, f.received ? clock.format(new Date(f.received)) : ""), " ", el("strong", {}, what), " ", el("span", { class: "from" }, f.plugin), " ", el("span", { class: "quiet" }, where)));
  body.ontoggle = () => {
    if (body.open && body.children.length === 1) body.append(el("pre", { tabindex: "0", "aria-label": what }, f.body !== undefined ? JSON.stringify(f.body, null, 2) : f.text || "no body"));
  };
  return el("li", {}, f.dropped ? el("p", { class: "why" }, `${f.dropped} frames were left out: there are more than can be shown.`) : null, body);
}
