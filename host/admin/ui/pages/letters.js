// Dead letters: frames that failed too often. Look, mend, replay.
import { el, set, keyed } from "../dom.js";
import { api } from "../stream.js";
import { ask, tell } from "../ask.js";
import { count } from "../format.js";

export function letters() {
  const body = el("tbody"), note = el("p", { role: "status" }), wrong = el("p", { class: "why", role: "alert" });
  const none = el("p", { class: "quiet" }, "There is none: every frame was handled.");
  const all = el("button", { type: "button" }, "Replay all"), drop = el("button", { type: "button" }, "Drop all");
  const shown = el("section", { class: "card", tabindex: "-1" });
  shown.hidden = true;
  const table = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Dead letters" },
    el("table", { class: "wide" }, el("thead", {}, el("tr", {}, ["Frame", "Plugin", "Attempts", "Last", "Error"].map(h => el("th", { scope: "col" }, h)), el("td"))), body));
  const box = el("div", { class: "page" },
    el("section", { class: "card" }, el("div", { class: "head" }, el("h1", {}, "Dead letters"), el("p", { class: "buttons" }, all, drop)),
      el("p", { class: "quiet" }, "Frames that a plugin could not handle, as often as it was tried. They wait here until somebody replays or drops them."),
      wrong, note, none, table), shown);
  let kept = -1;

  async function load() {
    try {
      const list = await api("v1/deadletters");
      none.hidden = list.total > 0;
      table.hidden = all.hidden = drop.hidden = !list.total;
      keyed(body, list.letters.toReversed(), l => l.id, row, (tr, l) => {
        set(tr.children[2], count(l.attempts));
        set(tr.children[3], l.time ? new Date(l.time).toLocaleString() : "–");
        set(tr.children[4], l.damaged || l.error || "");
      });
      set(wrong, "");
    } catch (e) {
      set(wrong, e.message);
    }
  }

  function row(l) {
    const show = el("button", { type: "button", class: "link" }, l.what || l.id);
    const replay = el("button", { type: "button" }, "Replay");
    show.onclick = () => look(l.id);
    replay.onclick = () => change("replay", { ids: [l.id] });
    return el("tr", {}, el("th", { scope: "row" }, show), el("td", {}, l.plugin), el("td"), el("td"), el("td", { class: "cut" }), el("td", {}, replay));
  }

  async function look(id) {
    try {
      const l = await api("v1/deadletter?id=" + encodeURIComponent(id));
      const drop = el("button", { type: "button" }, "Drop");
      drop.onclick = async () => {
        if (await ask("Drop this dead letter?", "Drop", "The frame is gone for good then.")) change("drop", { ids: [id] });
      };
      const part = (name, text) => text ? [el("h3", {}, name), el("pre", { tabindex: "0", "aria-label": name }, text)] : [];
      shown.replaceChildren(el("div", { class: "head" }, el("h2", {}, `${l.what || "Frame"} of ${l.plugin}`), el("p", { class: "buttons" }, drop)),
        el("p", { class: "quiet" }, `generation ${l.generation}, lane ${l.lane}, ${count(l.attempts)} attempts`),
        ...part("Error", l.damaged || l.error), ...part("Stack", l.stack), ...part("What it printed", l.printed),
        ...part("Frame", l.frame && JSON.stringify(l.frame, null, 2)));
      shown.hidden = false;
      shown.focus();
    } catch (e) {
      set(wrong, e.message);
    }
  }

  async function change(what, request) {
    set(note, what === "replay" ? "Replaying …" : "");
    try {
      const { letters } = await api("v1/deadletters/" + what, request);
      const n = o => letters.filter(l => l.outcome === o).length;
      const words = [["handled", "handled"], ["failed", "failed again"], ["dropped", "dropped"], ["skipped", "left as they were"]]
        .filter(([o]) => n(o)).map(([o, text]) => `${n(o)} ${text}`).join(", ") || "nothing to do";
      set(note, words + ".");
      tell(words);
      shown.hidden = true;
    } catch (e) {
      set(note, "");
      set(wrong, e.message);
    }
    load();
  }
  all.onclick = async () => {
    if (await ask("Replay all dead letters?", "Replay all", "Each goes to the generation that runs now. The first of a plugin that fails again stops the rest of it.")) change("replay", { all: true });
  };
  drop.onclick = async () => {
    if (await ask("Drop all dead letters?", "Drop all", "They are gone for good then.")) change("drop", { all: true });
  };
  return {
    title: "Dead letters", box,
    status(s) { // the list is asked for when it has changed
      const n = s.plugins.reduce((n, p) => n + (p.dead_letters || 0), 0);
      if (n !== kept) load();
      kept = n;
    },
  };
}
