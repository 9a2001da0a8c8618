// A list of lines that come by themselves, the newest at the end.
import { el, follow } from "./dom.js";

const most = 300; // lines that are kept, and that wait to be drawn

/** lines makes a list of what a stream of Server-Sent Events sends: row draws one, ended is told why there is no more. */
export function lines({ label, event, row, ended }) {
  const list = el("ol", { class: "lines", tabindex: "0", "aria-label": label });
  const end = follow(list);
  let source = null, pending = [], draw = 0;

  function show() {
    draw = 0;
    for (const data of pending.splice(0)) list.append(row(JSON.parse(data)));
    while (list.children.length > most) list.firstChild.remove();
    end();
  }
  const stream = {
    list,
    get running() { return source !== null; },
    start(path) {
      stream.stop();
      source = new EventSource(path);
      source.addEventListener(event, e => {
        pending.push(e.data);
        if (pending.length > most) pending.shift();
        draw ||= requestAnimationFrame(show);
      });
      source.onerror = async () => {
        stream.stop();
        // An EventSource does not say why: ask once more, to hear it.
        const r = await fetch(path, { signal: AbortSignal.timeout(2000) }).catch(() => null);
        const why = r && !r.ok ? (await r.json().catch(() => null))?.error?.message : "";
        ended(why || "The stream has ended.");
      };
    },
    stop() {
      source?.close();
      source = null;
    },
    close() {
      stream.stop();
      cancelAnimationFrame(draw);
    },
  };
  return stream;
}

/** offer adds the plugins that a choice does not have yet. */
export function offer(select, plugins) {
  for (const p of plugins) {
    if (![...select.options].some(o => o.value === p.name)) select.append(el("option", { value: p.name }, p.name));
  }
}
