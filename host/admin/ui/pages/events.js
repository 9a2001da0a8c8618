// Frames as plugins are given them, live. What is private is masked by the host.
import { el, set, follow, clock } from "../dom.js";

const most = 300;

export function events() {
  const plugin = el("select", { "aria-label": "Plugin" }, el("option", { value: "" }, "every plugin"));
  const pattern = el("input", { "aria-label": "Events", placeholder: "every event, or e.g. MESSAGE_*", spellcheck: "false" });
  const button = el("button", { class: "do" }, "Watch");
  const note = el("p", { class: "why", role: "alert" });
  const list = el("ol", { class: "lines", tabindex: "0", "aria-label": "Frames" });
  const empty = el("p", { class: "quiet" }, "Watching costs the host a copy of each frame: it begins when you say so.");
  const end = follow(list);
  const box = el("div", { class: "page" }, el("section", { class: "card tall" },
    el("div", { class: "head" }, el("h1", {}, "Events"), el("form", { class: "buttons" }, plugin, pattern, button)), note, empty, list));
  let source = null, pending = [], draw = 0;

  function stop() {
    source?.close();
    source = null;
    set(button, "Watch");
  }
  function start() {
    set(note, "");
    const query = new URLSearchParams();
    if (plugin.value) query.append("plugin", plugin.value);
    if (pattern.value.trim()) query.append("event", pattern.value.trim());
    source = new EventSource("v1/tail?" + query);
    source.addEventListener("frame", e => {
      pending.push(e.data);
      if (pending.length > most) pending.shift();
      draw ||= requestAnimationFrame(show);
    });
    source.onerror = async () => {
      stop();
      // An EventSource does not say why: ask once more, to hear it.
      const r = await fetch("v1/tail?" + query, { signal: AbortSignal.timeout(2000) }).catch(() => null);
      const why = r && !r.ok ? (await r.json().catch(() => null))?.error?.message : "";
      set(note, why || "The stream has ended. Watch again when the host is back.");
    };
    set(button, "Stop");
  }
  function show() {
    draw = 0;
    empty.hidden = true;
    for (const line of pending.splice(0)) list.append(row(JSON.parse(line)));
    while (list.children.length > most) list.firstChild.remove();
    end();
  }
  function row(f) {
    const what = f.event || f.name || f.kind;
    const where = [f.guild && f.guild !== "0" ? "guild " + f.guild : "", "shard " + f.shard, f.sequence ? "sequence " + f.sequence : "", ...(f.flags || [])].filter(Boolean).join(" · ");
    const li = el("li", {}, el("details", {}, el("summary", {},
      el("time", {}, f.received ? clock.format(new Date(f.received)) : ""), " ", el("strong", {}, what), " ", el("span", { class: "from" }, f.plugin), " ", el("span", { class: "quiet" }, where))));
    if (f.dropped) li.prepend(el("p", { class: "why" }, `${f.dropped} frames were left out: there are more than can be shown.`));
    li.querySelector("details").addEventListener("toggle", e => {
      if (e.target.open && e.target.children.length === 1) e.target.append(el("pre", { tabindex: "0", "aria-label": what }, f.body !== undefined ? JSON.stringify(f.body, null, 2) : f.text || "no body"));
    });
    return li;
  }
  box.querySelector("form").onsubmit = e => {
    e.preventDefault();
    if (source) stop();
    else start();
  };
  plugin.onchange = pattern.onchange = () => {
    if (!source) return;
    stop();
    start();
  };
  return {
    title: "Events", box,
    status(s) {
      for (const p of s.plugins) {
        if (![...plugin.options].some(o => o.value === p.name)) plugin.append(el("option", { value: p.name }, p.name));
      }
    },
    close() {
      stop();
      cancelAnimationFrame(draw);
    },
  };
}
