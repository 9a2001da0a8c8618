// The configuration: what a reload would do, and doing it.
import { el, keyed } from "../dom.js";
import { api } from "../stream.js";
import { ask, tell } from "../ask.js";
import { count, ms } from "../format.js";

export function config() {
  const look = el("button", { type: "button" }, "What would a reload do?"), go = el("button", { type: "button", class: "do" }, "Reload");
  const out = el("div", { "aria-live": "polite" }), files = el("div");
  const box = el("div", { class: "page" }, el("section", { class: "card" },
    el("div", { class: "head" }, el("h1", {}, "Configuration"), el("p", { class: "buttons" }, look, go)),
    el("p", { class: "quiet" }, "A reload reads the files again, makes everything ready beside what runs, and swaps all or nothing."), out), el("section", { class: "card" }, el("h2", {}, "In effect"),
    el("p", { class: "quiet" }, "The files as they were when they were read, secrets masked."), files));
  async function inEffect() {
    try {
      files.replaceChildren(...(await api("v1/config")).files.flatMap(f => [el("h3", {}, f.name), el("pre", { tabindex: "0", "aria-label": f.name }, f.text)]));
    } catch (e) {
      files.replaceChildren(el("p", { class: "why" }, e.message));
    }
  }
  inEffect();

  async function run(request) {
    look.disabled = go.disabled = true;
    out.replaceChildren(el("p", { class: "quiet" }, "Reading and preparing …"));
    let result = null;
    try {
      result = await api("v1/reload", request);
      out.replaceChildren(report(result));
    } catch (e) {
      out.replaceChildren(refusal(e));
    }
    look.disabled = go.disabled = false;
    return result;
  }
  const preview = { dry_run: true, allow_identify: true }; // allowed here, so that the price is shown
  look.onclick = () => run(preview);
  go.onclick = async () => {
    const plan = await run(preview);
    const question = plan?.sessions?.replaced ? "Reload, and replace every session?" : "Reload?";
    if (!plan || !await ask(question, "Reload", report(plan))) return;
    if (await run({ plan: plan.plan, allow_identify: plan.identifies > 0 })) {
      tell("Reloaded.");
      inEffect();
    }
  };
  return { title: "Configuration", box };
}

/** report shows what a reload did, or would do; or what a rollback or a switch did. */
export function report(r) {
  if (r.enabled === false) return el("p", {}, "It is disabled.");
  if (r.enabled) return el("p", {}, `Generation ${r.generation} runs.${r.identifies ? ` That cost ${count(r.identifies)} IDENTIFYs.` : ""}`);
  if (!r.plugins) return el("p", {}, `Generation ${r.to} runs again instead of ${r.generation}. Its lanes stood still for ${ms(r.pause_ms)} at most.`);
  const words = { added: ["is added", "was added"], removed: ["is removed", "was removed"], swapped: ["gets a new generation", "has a new generation"], unchanged: ["stays as it is", "stays as it is"], disabled: ["stays disabled", "stays disabled"] };
  const list = el("ul", { class: "plan" });
  keyed(list, r.plugins, p => p.name, p => el("li", { "data-action": p.action }, el("strong", {}, p.name), " ",
    (words[p.action] || [p.action, p.action])[r.dry_run ? 0 : 1], p.to && p.from !== p.to ? `, generation ${p.to}` : "", p.changes?.length ? `; what is new: ${p.changes.join(", ")}` : "", p.pause_ms ? `; its lanes stood still for ${ms(p.pause_ms)}` : "", p.reason ? `: ${p.reason}` : ""), () => {});
  return el("div", {}, r.changed ? null : el("p", {}, "Nothing has changed."), list, sessions(r), shards(r),
    el("p", {}, `${r.dry_run ? "It would cost" : "It cost"} ${count(r.identifies)} IDENTIFYs.`), (r.warnings || []).map(w => el("p", { class: "warn" }, w)));
}

/** sessions says why sessions are replaced, and how long that takes. */
function sessions({ sessions: s }) {
  if (!s?.replaced) return null;
  const why = [s.intents_added?.length ? `intents that come: ${s.intents_added.join(", ")}` : "", s.intents_removed?.length ? `intents that go: ${s.intents_removed.join(", ")}` : "",
    s.shards_from !== s.shards_to ? `${count(s.shards_from)} shards become ${count(s.shards_to)}` : ""].filter(Boolean).join("; ");
  const wait = s.not_before && new Date(s.not_before) > new Date() ? ` The budget allows it from ${new Date(s.not_before).toLocaleTimeString()} on.` : "";
  return el("p", { class: "warn" }, `Every shard gets a new session, opened beside the old: ${why}. It takes ${count(Math.ceil(s.seconds || 0))} s at least; ${count(s.left)} IDENTIFYs are left.${wait}`);
}

/** shards says which this process takes on and gives away. */
function shards({ sessions: s }) {
  const what = [s?.shards_taken?.length ? `takes on ${s.shards_taken.join(", ")}` : "", s?.shards_given_away?.length ? `gives away ${s.shards_given_away.join(", ")}` : ""].filter(Boolean);
  return what.length ? el("p", { class: "warn" }, `Of ${count(s.shards_to)} shards this host ${what.join(" and ")}; the other sessions stay.`) : null;
}

/** refusal shows an error, with its diagnostics where there are some. */
function refusal(e) {
  return el("div", { role: "alert" }, el("p", { class: "why" }, e.message),
    e.details?.text ? el("pre", { tabindex: "0", "aria-label": "Diagnostics" }, e.details.text) : null, el("p", { class: "quiet" }, "What runs was not touched."));
}
