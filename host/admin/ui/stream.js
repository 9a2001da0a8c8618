// What the host is doing, as it says so itself: one stream of Server-Sent
// Events, and requests to the admin API.

/** follow calls on.status for each status, on.lost when the host does not answer. It connects again by itself. */
export function connect(on) {
  let pause = 500;
  const open = () => {
    const source = new EventSource("v1/events");
    source.addEventListener("status", e => {
      pause = 500;
      on.status(JSON.parse(e.data));
    });
    source.onerror = () => {
      source.close();
      on.lost();
      setTimeout(open, pause);
      pause = Math.min(pause * 1.6, 5000);
    };
  };
  open();
}

/** An ApiError is an answer that says what is wrong; details has its diagnostics. */
export class ApiError extends Error {
  constructor(error, status) {
    super(error.message || "HTTP " + status);
    this.details = error;
    this.status = status;
  }
}

/** api asks the admin API; with a body it is a POST. */
export async function api(path, body) {
  let answer;
  try {
    answer = await fetch(path, body === undefined ? {} : {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
  } catch {
    throw new ApiError({ message: "the host does not answer" }, 0);
  }
  const text = await answer.text();
  let json = {};
  try { json = JSON.parse(text); } catch { /* not ours: the status says it */ }
  if (!answer.ok) throw new ApiError(json.error || {}, answer.status);
  return json;
}

// ---- the last quarter of an hour -------------------------------------------

/** history is what the host has sampled: times in seconds, and a column of numbers for each figure. */
export const history = { every: 5, times: [], totals: {}, plugins: {} };

/** refresh brings history up to date. */
export async function refresh() {
  const h = await api("v1/history");
  history.every = h.every_ms / 1000;
  history.times = h.times.map(t => t / 1000);
  history.totals = h.totals;
  history.plugins = h.plugins;
}

/** rate turns a column that counts up into a column of counts a second; null where nothing is known, or the count began anew. */
export function rate(column = []) {
  return history.times.map((t, i) => {
    const a = column[i - 1], b = column[i], s = t - history.times[i - 1];
    return i === 0 || a == null || b == null || b < a || !(s > 0) ? null : (b - a) / s;
  });
}

/** last is the newest number of a column. */
export const last = column => (column || []).findLast(v => v != null) ?? null;
