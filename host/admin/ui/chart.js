// Charts of columns over time: uPlot for the eyes, a table of the same numbers
// for everybody.
import { el, keyed, set, clock } from "./dom.js";

const rows = 30; // of the table: the newest

/** style reads a colour of the theme, so that a chart follows light and dark. */
const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** chart makes a figure with {title, least, series: [{label, color, format}]}, whose axis reaches to least at least; draw shows columns over times in seconds. */
export function chart({ title, least = 1, series }) {
  const canvas = el("div", { class: "plot", role: "img" });
  const head = el("tr", {}, el("th", { scope: "col" }, "Time"), series.map(s => el("th", { scope: "col" }, s.label)));
  const body = el("tbody");
  const table = el("details", {}, el("summary", {}, "As a table"),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title + ", table" }, el("table", {}, el("thead", {}, head), body)));
  const now = el("p", { class: "now" });
  const box = el("figure", { class: "chart" }, el("figcaption", {}, el("h2", {}, title), now), canvas, table);
  let plot, theme;

  const build = data => {
    plot?.destroy();
    theme = style("--ink");
    const axis = { stroke: style("--quiet"), grid: { stroke: style("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui" };
    plot = new uPlot({
      width: Math.max(canvas.clientWidth, 120), height: 160, padding: [8, 28, 0, 0], legend: { show: false }, cursor: { y: false },
      scales: { y: { range: (_, low, high) => [0, Math.max((high || 0) * 1.1, least)] } },
      axes: [{ ...axis, size: 24, values: (_, ticks) => ticks.map(t => clock.format(t * 1000)), space: 110 },
        { ...axis, size: 58, values: (_, ticks) => ticks.map(series[0].format) }],
      series: [{}, ...series.map(s => ({ label: s.label, stroke: style(s.color), fill: series.length === 1 ? style("--tint") : undefined, width: 1.6, points: { show: false } }))],
    }, data, canvas);
  };

  new ResizeObserver(() => plot?.setSize({ width: Math.max(canvas.clientWidth, 120), height: 160 })).observe(canvas);

  return {
    box,
    draw(times, columns) {
      const data = [times, ...columns];
      if (!plot || theme !== style("--ink")) build(data);
      else plot.setData(data);
      const words = series.map((s, i) => {
        const v = columns[i].findLast(v => v != null);
        return `${s.label} ${v == null ? "–" : s.format(v)}`;
      });
      set(now, words.join(" · "));
      canvas.setAttribute("aria-label", `${title}: ${words.join(", ")}`);
      if (!table.open) return;
      const newest = times.map((t, i) => i).slice(-rows).reverse();
      keyed(body, newest, i => times[i], i => el("tr", {}, el("th", { scope: "row" }, clock.format(times[i] * 1000)), series.map(() => el("td"))),
        (tr, i) => series.forEach((s, n) => set(tr.children[n + 1], columns[n][i] == null ? "–" : s.format(columns[n][i]))));
    },
    close() { plot?.destroy(); },
  };
}
